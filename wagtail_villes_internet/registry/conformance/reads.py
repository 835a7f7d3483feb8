"""What anybody may read, and who may read the rest."""

from django.utils.translation import gettext_lazy as _

from .. import parse
from ..decode import Malformed
from ..palmares import parse_page
from .checks import BASES, ERRORS, RESOURCES, TAGS, check
from .probe import Mismatch, Probe, Reply, expect, new_id

# Nobody's: the key of a SIREN is never right for nine zeros, and no registry holds it.
NOBODY = "000000000"


def understood(reply: Reply, read: object, *args: object, **options: object) -> None:
    """Reads an answer as strictly as the module does. Raises `Mismatch`."""
    try:
        read(reply.expect(200).data, *args, **options)  # type: ignore[operator]
    except Malformed as fault:
        raise Mismatch(str(fault), _("as in the contract"), reply.data) from None


@check(BASES, _("No answer is a redirection: a client refuses them all."))
def no_redirection(probe: Probe) -> None:
    for path in ("matrix", probe.authority, probe.services):
        reply = probe.get(path)
        if 300 <= reply.status < 400:
            raise Mismatch("status", "200", reply.status)


@check(RESOURCES, _("The matrix is read without a token."))
def matrix(probe: Probe) -> None:
    understood(probe.get("matrix", token=None), parse.matrix)


@check(RESOURCES, _("A version of the matrix is read by its name."))
def matrix_version(probe: Probe) -> None:
    version = str(probe.get("matrix", token=None).expect(200).get("version"))
    found = probe.get(f"matrix/{version}", token=None)
    understood(found, parse.matrix)


@check(RESOURCES, _("The editions are read without a token."))
def editions(probe: Probe) -> None:
    understood(probe.get("editions", token=None), parse.editions)


@check(RESOURCES, _("The list of an edition is read page after page, without a token."))
def palmares(probe: Probe) -> None:
    published = [
        edition["year"]
        for edition in probe.get("editions", token=None).expect(200).get("items")
        if edition["state"] == "published"
    ]
    probe.get("palmares/1789", token=None).expect(404, "/not-known")
    for year in published[-1:]:
        seen: list[str] = []
        page = probe.get(f"palmares/{year}", token=None)
        limit = min(500, 1 + page.expect(200).get("total") // 2)
        page = probe.get(f"palmares/{year}", token=None, limit=limit)
        while True:
            understood(page, parse_page, year)
            seen += [item["id"] for item in page.get("items")]
            if page.get("next") is None or len(seen) > page.get("total"):
                break
            cursor = page.get("next")
            page = probe.get(f"palmares/{year}", token=None, limit=limit, cursor=cursor)
        expect(_("order"), sorted(set(seen)), seen)
        expect("total", len(seen), page.get("total"))


@check(RESOURCES, _("The authority says who it is without a token."))
def authority(probe: Probe) -> None:
    reply = probe.get(probe.authority, token=None)
    understood(reply, parse.summary, probe.siren, with_token=False)


@check(RESOURCES, _("With a token, the authority says all that may have changed."))
def summary(probe: Probe) -> None:
    reply = probe.get(probe.authority)
    understood(reply, parse.summary, probe.siren, with_token=True)
    for name in ("awards_etag", "dossiers_etag", "matrix_etag", "editions_etag"):
        reply.tag(name)


@check(RESOURCES, _("The awards are read without a token."))
def awards(probe: Probe) -> None:
    understood(probe.get(f"{probe.authority}/awards", token=None), parse.awards)


@check(TAGS, _("What the reader has already is answered 304."))
def not_modified(probe: Probe) -> None:
    for path in ("matrix", "editions", f"{probe.authority}/awards"):
        tag = probe.get(path, token=None).expect(200).tag()
        again = probe.get(path, token=None, headers={"If-None-Match": tag})
        if again.status != 304:
            raise Mismatch(f"{path}: status", 304, again.status)


@check(BASES, _("Without a token that is accepted, services are refused with 401."))
def unauthenticated(probe: Probe) -> None:
    for token in (None, "not-a-token"):
        probe.get(probe.services, token=token).expect(401)


@check(BASES, _("An authority that the token does not cover is refused with 403, never 404."))
def forbidden(probe: Probe) -> None:
    epoch = probe.epoch()
    for path in (f"authorities/{NOBODY}", f"authorities/{NOBODY}/services"):
        probe.get(path).expect(403, epoch=epoch)


@check(ERRORS, _("An unknown authority or version is a 404 of the type /not-known."))
def not_known(probe: Probe) -> None:
    probe.get(f"authorities/{NOBODY}", token=None).expect(404, "/not-known")
    probe.get(f"matrix/{new_id()}", token=None).expect(404, "/not-known")


@check(ERRORS, _("An unknown service is a 404 of the type /service-unknown."))
def service_unknown(probe: Probe) -> None:
    epoch = probe.epoch()
    id = new_id()
    probe.read(id).expect(404, "/service-unknown", epoch=epoch)
    probe.delete(id, {"If-Match": '"x"'}).expect(404, "/service-unknown", epoch=epoch)


@check(RESOURCES, _("An id in another form is unknown when read, and refused when written."))
def id_form(probe: Probe) -> None:
    id = new_id().upper()
    probe.read(id).expect(404, "/service-unknown")
    probe.delete(id, {"If-Match": '"x"'}).expect(400)
    probe.send("PUT", probe.service(id), headers=_put(), octets=b"{}").expect(400)


def _put() -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": f'"{new_id()}"',
        "If-None-Match": "*",
    }
