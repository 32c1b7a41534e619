"""Papers in the store: one maker at a time, printed at most once, files forgotten and rows kept."""

from __future__ import annotations

from contextlib import closing

import pytest

from store import papers
from store.paper_facts import Missing, OnPaper, PaperContent
from store.reader import Reader
from store.times import DAY, MINUTE
from tests.store.store_kit import NOW, Db, order, package

ONE = OnPaper(1, "1150000000000000001", ((1, "580000000000000001"),))
TWO = OnPaper(1, "1150000000000000002", ((1, "580000000000000001"), (2, "580000000000000002")))
CONTENT = PaperContent((1, 2), (ONE, TWO))


def want(db: Db, kind: str = "label", printer: str | None = None) -> int:
    return db(papers.want, kind, "A6", PaperContent((1, 2)), printer, "cli", NOW)


def made(db: Db, kind: str = "label", missing: tuple[Missing, ...] = ()) -> int:
    paper = want(db, kind)
    assert db(papers.claim, paper, NOW, NOW + MINUTE) is not None
    db(papers.ready, paper, CONTENT, f"{kind}_{paper}.pdf", 3, missing, NOW, "cli")
    return paper


def test_a_wish_is_due_at_once_and_taken_by_one(db: Db) -> None:
    paper = want(db, printer="Zebra")
    assert db(papers.due, NOW) == [paper]
    taken = db(papers.claim, paper, NOW, NOW + MINUTE)
    assert taken is not None
    assert (taken.kind, taken.size, taken.printer, taken.attempts) == ("label", "A6", "Zebra", 0)
    assert taken.content == PaperContent((1, 2))
    assert db(papers.claim, paper, NOW, NOW + MINUTE) is None
    assert db(papers.due, NOW) == []


def test_who_dies_leaves_the_paper_to_the_next(db: Db) -> None:
    paper = want(db)
    db(papers.claim, paper, NOW, NOW + MINUTE)
    db(papers.stretch, paper, NOW + 2 * MINUTE)
    assert db(papers.claim, paper, NOW + MINUTE, NOW + 3 * MINUTE) is None
    assert db(papers.claim, paper, NOW + 2 * MINUTE, NOW + 3 * MINUTE) is not None


def test_no_such_kind(db: Db) -> None:
    with pytest.raises(ValueError, match="poster"):
        want(db, "poster")


def test_a_later_attempt_counts(db: Db) -> None:
    paper = want(db)
    db(papers.claim, paper, NOW, NOW + MINUTE)
    db(papers.later, paper, "no_network", NOW + 5)
    taken = db(papers.claim, paper, NOW + 5, NOW + MINUTE)
    assert taken is not None and taken.attempts == 1


def test_a_finished_paper_is_told_and_rests(db: Db) -> None:
    paper = made(db, missing=(Missing("580000000000000002", "cancelled", "1150000000000000002", 21023059),))
    assert db(papers.state, paper) == "ready"
    assert db(papers.due, NOW + DAY) == []
    with _reader(db) as reader:
        row = reader.paper(paper)
        assert row is not None
        assert (row.state, row.file, row.pages, row.count) == ("ready", f"label_{paper}.pdf", 3, 2)
        assert row.missing[0].reason == "cancelled" and row.missing[0].code == 21023059
        assert reader.on_paper(paper) == (ONE, TWO)
        assert [one.id for one in reader.papers()] == [paper]
        assert reader.paper(paper + 1) is None
    assert db.feed()[-1] == ("paper.made", None, "label")


def test_a_paper_ends_once(db: Db) -> None:
    paper = made(db)
    db(papers.failed, paper, "disk", (), NOW, "cli")
    assert db(papers.state, paper) == "ready"
    assert db.feed()[-1][0] == "paper.made"


def test_prints_are_counted_for_what_was_on_it(db: Db) -> None:
    db.ingest(order(packages=(package(), package("1150000000000000002"))))
    absent = (Missing("580000000000000001", "cancelled", "1150000000000000002"),)
    for expected in (1, 2):
        paper = made(db, missing=absent)
        assert db(papers.about_to_print, paper, "Zebra")
        db(papers.printed, paper, NOW, "budi")
        with _reader(db) as reader:
            assert reader.prints([1]) == {(1, "1150000000000000001"): expected}
            row = reader.paper(paper)
            assert row is not None and (row.state, row.problem, row.printer) == ("printed", None, "Zebra")
            history = [change for change in reader.history(1) if change.kind == "paper.printed"]
            assert len(history) == expected and history[0].actor == "budi"


def test_a_crash_while_printing_leaves_a_question(db: Db) -> None:
    paper = made(db)
    db(papers.about_to_print, paper, "Zebra")
    with _reader(db) as reader:
        row = reader.paper(paper)
        assert row is not None and (row.state, row.problem) == ("ready", papers.PRINT_UNSURE)
    assert db(papers.due, NOW + DAY) == []


def test_only_what_is_there_is_printed(db: Db) -> None:
    assert not db(papers.about_to_print, want(db), "Zebra")
    paper = made(db)
    db(papers.tidy, NOW + 1)
    assert not db(papers.about_to_print, paper, "Zebra")


def test_slips_are_counted_from_the_history(db: Db) -> None:
    db.ingest(order())
    assert db(papers.printed_slips, [ONE]) == {}
    for _ in range(2):
        db(papers.printed, made(db, "slip"), NOW, "cli")
    db(papers.printed, made(db, "label"), NOW, "cli")
    assert db(papers.printed_slips, [ONE])[ONE.package_id] == 2


def test_a_label_is_remembered_by_size(db: Db) -> None:
    db(papers.fetched, 1, ONE.package_id, "A6", "label_1.pdf", "ab", 1, NOW)
    db(papers.fetched, 1, ONE.package_id, "A6", "label_1.pdf", "cd", 2, NOW + 1)
    found = db(papers.kept, [ONE, TWO], "A6")
    assert found == {(1, ONE.package_id): papers.Kept("label_1.pdf", "cd", 2, 0)}
    assert db(papers.kept, [ONE], "A5") == {}
    assert db(papers.kept, [], "A6") == {}
    many = [OnPaper(1, str(number), ((1, "1"),)) for number in range(1_000)]
    assert db(papers.kept, [*many, ONE], "A6") == found


def test_tidying_forgets_files_and_keeps_rows(db: Db) -> None:
    paper = made(db)
    db(papers.fetched, 1, ONE.package_id, "A6", "label_0.pdf", "ab", 1, NOW)
    assert db(papers.tidy, NOW) == []
    assert set(db(papers.tidy, NOW + 1)) == {f"label_{paper}.pdf", "label_0.pdf"}
    assert db(papers.kept, [ONE], "A6")[1, ONE.package_id].file is None
    assert db(papers.state, paper) == "ready"
    assert db(papers.tidy, NOW + 1) == []


def test_the_same_again_is_a_paper_of_its_own(db: Db) -> None:
    paper = made(db)
    again = db(papers.again, paper, "Zebra", "budi", NOW)
    assert again is not None and again != paper
    taken = db(papers.claim, again, NOW, NOW + MINUTE)
    assert taken is not None
    assert (taken.content, taken.printer, taken.requested_by) == (CONTENT, "Zebra", "budi")
    assert db(papers.again, 99, None, "budi", NOW) is None


def _reader(db: Db) -> closing[Reader]:
    return closing(db.store.reader())
