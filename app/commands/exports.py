"""`flask export`: a signer list for an operator, on record like every other."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import clock, encryption, export_files, mailboxes
from app.domain import campaigns, exports
from app.domain.export_choice import Choice
from app.domain.export_columns import KEYS, USUAL
from app.domain.refused import NotFound, Refused
from app.handover import HandOver
from app.models import Campaign, ExportForm

OPERATOR = "operator, command line"


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(export)


@click.command("export")
@click.argument("slug")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--reason", required=True, help="Why; it stays on record, and the owners get it by mail.")
@click.option("--columns", default=",".join(USUAL), show_default=True, help=f"Of {', '.join(KEYS)}; parted by commas.")
@click.option(
    "--form", type=click.Choice([form.value for form in ExportForm]), default="spreadsheet", show_default=True
)
@click.option("--state", type=click.Choice(["confirmed", "all"]), default="confirmed", show_default=True)
@click.option("--from", "signed_from", type=click.DateTime(["%Y-%m-%d"]), help="First day, in the campaign's zone.")
@click.option("--until", "signed_to", type=click.DateTime(["%Y-%m-%d"]), help="Last day, in the campaign's zone.")
@click.option("--supporters", is_flag=True, help="Only those who agreed to hear more.")
@click.option(
    "--bom/--no-bom", default=None, help="Begin with a byte order mark; usual for a spreadsheet, not for a CRM."
)
@click.option(
    "--encrypt/--plain",
    default=None,
    help="Encrypt to the organisation's keys; usual where it has some. The name of the file then ends in .age.",
)
@with_appcontext
def export(
    slug: str, out: Path, reason: str, columns: str, form: str, state: str, encrypt: bool | None, **options: object
) -> None:
    """Write the signers of the campaign at SLUG to a file that only you can read."""
    try:
        written = _exported(slug, out, reason, _choice(columns, form, state, **options), encrypt)
    except NotFound:
        click.echo(f"No published campaign has the address {slug}.", err=True)
        sys.exit(1)
    except (Refused, OSError) as error:
        click.echo(getattr(error, "sentence", str(error)), err=True)
        sys.exit(1)
    click.echo(written)


def _choice(columns: str, form: str, state: str, **options: object) -> Choice:
    chosen = tuple(name.strip() for name in columns.split(",") if name.strip())
    unknown = [name for name in chosen if name not in KEYS]
    if unknown or not chosen:
        raise click.BadParameter(f"{', '.join(unknown) or 'nothing'} is no column; choose of {', '.join(KEYS)}")
    days = {name: day.date() if (day := options[name]) else None for name in ("signed_from", "signed_to")}  # type: ignore[attr-defined]  # click made them dates
    bom = form == ExportForm.SPREADSHEET if options["bom"] is None else bool(options["bom"])
    supporters = bool(options["supporters"])
    return Choice(
        chosen,
        all_states=state == "all",
        signed_from=days["signed_from"],
        signed_to=days["signed_to"],
        supporters_only=supporters,
        form=ExportForm(form),
        bom=bom,
    )


def _exported(slug: str, out: Path, reason: str, choice: Choice, encrypt: bool | None) -> str:
    """What was written: rows, the file's fingerprint, where it is, and who can open it."""
    if current_app.config["EXPORTS_DISABLED"]:
        raise Refused("Exports are switched off (EXPORTS_DISABLED).")
    campaign = campaigns.find(slug)
    with tempfile.NamedTemporaryFile(dir=out.resolve().parent, prefix=f".{out.name}.", delete=False) as part:
        try:
            return _written(part, campaign, choice, reason, out, encrypt)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise


def _written(
    part: tempfile._TemporaryFileWrapper[bytes],
    campaign: Campaign,
    choice: Choice,
    reason: str,
    out: Path,
    encrypt: bool | None,
) -> str:
    record = exports.start(
        campaign,
        choice,
        by=None,
        taken_by=OPERATOR,
        reason=reason,
        expected_rows=exports.count(campaign, choice),
        key=mailboxes.key,
        now=clock.now(),
        encrypt=encrypt,
        unusual=current_app.config["EXPORT_ALARM_ROWS"],
    )
    names, ending = record.readers, f".{encryption.SUFFIX}"
    if names and out.suffix != ending:
        out = out.with_name(out.name + ending)
    file, held = export_files.opened(record)
    hand_over = HandOver(current_app._get_current_object(), record.id, (file, held))  # type: ignore[attr-defined]  # a proxy
    try:
        part.writelines(file)
        part.flush()
        os.fsync(part.fileno())
        os.replace(part.name, out)
        hand_over.finish()
    finally:
        hand_over.close()
    readers = f", encrypted to {names}" if names else ""
    return f"{file.row_count} rows, sha256 {file.sha256}, in {out}{readers}"
