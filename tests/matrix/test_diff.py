"""What differs between two versions, said as somebody who knows the matrix would."""

from wagtail_villes_internet.matrix.data import parse_matrix
from wagtail_villes_internet.matrix.diff import difference


def matrix(version, axes):
    """Axes by code and label, of themes by code and label, of (code, label, replaces)."""
    return parse_matrix(
        {
            "version": version,
            "official": False,
            "axes": [
                {
                    "code": axis,
                    "label": label,
                    "themes": [
                        {
                            "code": theme,
                            "label": said,
                            "services": [
                                {"code": code, "label": name, "replaces": list(replaces)}
                                for code, name, *replaces in services
                            ],
                        }
                        for (theme, said), services in themes.items()
                    ],
                }
                for (axis, label), themes in axes.items()
            ],
        }
    )


OLD = matrix(
    "2026",
    {
        ("a", "Vivre ensemble"): {
            ("t1", "Solidarités"): [
                ("kept", "Repas"),
                ("renamed", "Aide"),
                ("moved", "Crèches"),
                ("gone", "Minitel"),
                ("split", "Démarches"),
                ("one", "Voirie"),
                ("two", "Éclairage"),
            ],
            ("t2", "Identité"): [],
        },
        ("b", "Richesses"): {("t3", "Emploi"): []},
    },
)
NEW = matrix(
    "2027",
    {
        ("a", "Vivre mieux ensemble"): {
            ("t1", "Solidarités"): [
                ("kept", "Repas"),
                ("renamed", "Aide sociale"),
                ("s1", "État civil", "split"),
                ("s2", "Urbanisme", "split"),
                ("both", "Espace public", "one", "two"),
                ("new", "Robot", "never-known"),
            ],
            ("t3", "Emploi"): [("moved", "Crèches")],
        },
        ("c", "Partage"): {("t4", "Médiation"): []},
    },
)


def codes(entries):
    return [entry.code for entry in entries]


def test_each_change_is_told_for_what_it_is():
    found = difference(OLD, NEW)

    assert codes(found.added) == ["new"]
    assert codes(found.removed) == ["gone"]
    assert [(one.code, one.old, one.new) for one in found.renamed] == [
        ("renamed", "Aide", "Aide sociale")
    ]
    assert [(one.code, one.old, one.new) for one in found.moved] == [
        ("moved", "Solidarités", "Emploi")
    ]
    assert [(one.old.code, codes(one.new)) for one in found.replaced] == [
        ("split", ["s1", "s2"]),
        ("one", ["both"]),
        ("two", ["both"]),
    ]


def test_themes_and_axes_change_as_well():
    found = difference(OLD, NEW)

    assert (codes(found.themes.added), codes(found.themes.removed)) == (["t4"], ["t2"])
    assert [(one.code, one.new) for one in found.themes.moved] == [("t3", "Vivre mieux ensemble")]
    assert (codes(found.axes.added), codes(found.axes.removed)) == (["c"], ["b"])
    assert [one.code for one in found.axes.renamed] == ["a"]


def test_the_same_version_differs_in_nothing():
    found = difference(OLD, OLD)

    assert not found
    assert list(found.lines()) == []


def test_without_a_former_version_all_is_added():
    found = difference(None, OLD)

    assert len(found.added) == 7
    assert found.old_version == ""


def test_a_code_that_still_stands_is_not_replaced():
    still = matrix(
        "x",
        {("a", "Axe"): {("t1", "Thème"): [("one", "Voirie"), ("heir", "Routes", "one")]}},
    )
    before = matrix("w", {("a", "Axe"): {("t1", "Thème"): [("one", "Voirie")]}})

    found = difference(before, still)

    assert found.replaced == ()
    assert codes(found.added) == ["heir"]


def test_the_lines_name_each_with_its_label():
    lines = list(difference(OLD, NEW).lines())

    assert len(lines) == 13
    (replaced,) = (line for line in lines if "Démarches" in line)
    assert "État civil" in replaced
    assert "Urbanisme" in replaced


def test_json_holds_the_same():
    document = difference(OLD, NEW).as_json()

    assert document["replaced"][0] == {
        "old": {"code": "split", "label": "Démarches", "within": "Solidarités"},
        "new": (
            {"code": "s1", "label": "État civil", "within": "Solidarités"},
            {"code": "s2", "label": "Urbanisme", "within": "Solidarités"},
        ),
    }
    assert document["themes"]["moved"][0]["code"] == "t3"
