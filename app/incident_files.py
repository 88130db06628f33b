"""The incidents that somebody filtered, as a file for a spreadsheet or for a program: streamed, in constant memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, String, case, cast, func, literal, select

from app.domain.dialects import iso_text
from app.models import Incident, IncidentFigure, Precision
from app.signer_file import SignerFile

ROWS_IN_A_PIECE = 500
LETTERS = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}  # of 2017-05-28 that are known
# The names of the columns are such that the desk's import reads the file back.
HEADER = (
    "id",
    "date",
    "place",
    "region",
    "country",
    "latitude",
    "longitude",
    "source",
    "assessment",
    "assessed_on",
    "killed",
    "injured",
    "other_figures",
    "description",
    "first_reported",
    "last_changed",
    "link",
)


def rows(conditions: Sequence[ColumnElement[bool]], address: str, between: str = "; ") -> Select[Any]:
    """The rows of the files, by date. `address` is that of the register; an incident's own goes on from there. `between` stands
    between the sources, and between the figures, of one cell."""
    day = func.substr(cast(Incident.happened_on, String), 1, case(LETTERS, value=Incident.precision))
    number = func.coalesce(cast(IncidentFigure.value, String), "?")
    figures = (
        select(func.aggregate_strings(IncidentFigure.name + ": " + number, between))
        .where(IncidentFigure.incident_id == Incident.id)
        .scalar_subquery()
    )
    cells = (
        Incident.public_id,
        day,
        Incident.place,
        Incident.region,
        Incident.country,
        Incident.latitude,
        Incident.longitude,
        func.replace(Incident.source_names, "\n", between),
        cast(Incident.assessment, String),
        func.coalesce(cast(Incident.assessed_on, String), ""),
        Incident.killed_count,
        Incident.injured_count,
        func.coalesce(figures, ""),
        Incident.description,
        func.coalesce(cast(Incident.first_reported_on, String), ""),
        iso_text(Incident.changed_at),
        literal(f"{address}/") + Incident.public_id,
    )
    named: list[Any] = [cell.label(name) for name, cell in zip(HEADER, cells, strict=True)]
    return select(*named).where(*conditions).order_by(Incident.happened_on.desc(), Incident.id.desc())


def as_csv(engine: Engine, chosen: Select[Any]) -> SignerFile:
    """A CSV file without a cell that a spreadsheet would calculate (EXP-02)."""
    return SignerFile(engine, chosen, HEADER, guarded=True, bom=True)


def as_json(engine: Engine, chosen: Select[Any], about: dict[str, Any]) -> Iterator[bytes]:
    """One JSON object: `about` the register, and its `incidents`. Numbers that nobody knows are null. `chosen` has line ends
    between sources and figures."""
    yield json.dumps(about, ensure_ascii=False)[:-1].encode() + b', "incidents": [\n'
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        result = connection.execution_options(stream_results=True).execute(chosen)
        before = ""
        while block := result.fetchmany(ROWS_IN_A_PIECE):
            yield (before + ",\n".join(_object(row) for row in block)).encode()
            before = ",\n"
    yield b"\n]}\n"


def _object(row: Any) -> str:
    values = dict(zip(HEADER, row, strict=True))
    values["source"] = values["source"].split("\n") if values["source"] else []
    values["other_figures"] = dict(_figure(one) for one in values["other_figures"].split("\n") if one)
    for name in ("latitude", "longitude"):
        values[name] = None if values[name] is None else float(values[name])
    return json.dumps({name: None if said == "" else said for name, said in values.items()}, ensure_ascii=False)


def _figure(said: str) -> tuple[str, int | None]:
    name, _colon, number = said.rpartition(": ")
    return name, int(number) if number.isdigit() else None
