"""Who may do what with the dossier of an authority.

Held through one group that also reaches that authority: a référent of one town who looks at
another files nothing there. The operator may do everything but agree, which only a group of the
town gives: neither the right to publish nor a superuser replaces an élu.
"""

from ..authorities.models import LocalAuthority
from ..authorities.scope import held, is_operator

VIEW, CHANGE, FILE, AGREE = "view_dossier", "change_dossier", "file_dossier", "agree_dossier"


def granted(user, authority: LocalAuthority) -> frozenset[str]:
    """The permissions on dossiers that the groups of `authority` give `user`; one query."""
    return held(user, authority, VIEW, CHANGE, FILE, AGREE)


def may_see(user, authority: LocalAuthority) -> bool:
    """Whether `user` reads the dossiers of `authority`, filed or not, and exports them."""
    return is_operator(user) or bool(granted(user, authority))


def may_prepare(user, authority: LocalAuthority) -> bool:
    """Whether `user` chooses the services, writes the texts, and asks for agreement."""
    return is_operator(user) or CHANGE in granted(user, authority)


def may_file(user, authority: LocalAuthority) -> bool:
    """Whether `user` files a version, types in a receipt, and settles what a refusal left."""
    return is_operator(user) or FILE in granted(user, authority)


def may_agree(user, authority: LocalAuthority) -> bool:
    """Whether `user` agrees as an élu of `authority`."""
    return AGREE in granted(user, authority)


def may_note_agreement(user, authority: LocalAuthority) -> bool:
    """Whether `user` notes that an élu of `authority` agreed outside the site: its own people,
    never the operator."""
    return FILE in granted(user, authority)
