"""Asking and filling `search_words`, in the language of each database. Both get the same words and answer with the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, column, table, text

from app.extensions import db

WORDS = table("search_words", column("rowid", BigInteger), column("words", Text))
NUMBER = WORDS.c.rowid
BEGINS = "*"  # after a word: whatever begins so. No word has it in itself


@dataclass(frozen=True)
class Match:
    """Which words an entry must have: at least one of each group; and, if `but` is given, not at least one of each of those.

    Words are those of `search_words` and marks of our own: letters and digits, so nothing in them means anything to a database.
    """

    groups: tuple[tuple[str, ...], ...]
    but: tuple[tuple[str, ...], ...] = ()

    def condition(self) -> ColumnElement[bool]:
        """For the WHERE of a statement on `WORDS`."""
        if _is_postgresql():
            written = text("search_words.words @@ CAST(:wanted AS tsquery)")
            return written.bindparams(bindparam("wanted", self._for_postgresql(), unique=True))  # type: ignore[return-value]  # a text is a condition
        written = text("search_words MATCH :wanted")
        return written.bindparams(bindparam("wanted", self._for_sqlite(), unique=True))  # type: ignore[return-value]  # the same

    def _for_postgresql(self) -> str:
        def word(one: str) -> str:
            return f"'{one.removesuffix(BEGINS)}'{':*' if one.endswith(BEGINS) else ''}"

        def all_of(groups: Iterable[Iterable[str]]) -> str:
            return " & ".join(f"({' | '.join(map(word, group))})" for group in groups)

        return f"({all_of(self.groups)}) & !({all_of(self.but)})" if self.but else all_of(self.groups)

    def _for_sqlite(self) -> str:
        def word(one: str) -> str:
            return f'"{one.removesuffix(BEGINS)}"{" *" if one.endswith(BEGINS) else ""}'

        def all_of(groups: Iterable[Iterable[str]]) -> str:
            return " AND ".join(f"({' OR '.join(map(word, group))})" for group in groups)

        return f"({all_of(self.groups)}) NOT ({all_of(self.but)})" if self.but else all_of(self.groups)


def _write(rows: Sequence[tuple[int, Iterable[str]]]) -> None:
    """Keep the words of entries, each under its entry's number, in the caller's transaction."""
    if not rows:
        return
    words = "array_to_tsvector(string_to_array(:words, ' '))" if _is_postgresql() else ":words"
    statement = text(f"INSERT INTO search_words (rowid, words) VALUES (:number, {words})")  # noqa: S608 (our own words)
    db.session.execute(statement, [{"number": number, "words": " ".join(words)} for number, words in rows])


def _overwrite_deleted() -> None:
    """Leave nothing in an SQLite file of words that were deleted: FTS5 only marks them, until it writes their part of it anew."""
    if not _is_postgresql():
        db.session.execute(text("INSERT INTO search_words (search_words) VALUES ('optimize')"))


def _is_postgresql() -> bool:
    return bool(db.engine.dialect.name == "postgresql")
