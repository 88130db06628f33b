"""For everybody: which list was handed over. Whoever has a list checks it here; nothing of any signer is on these pages."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

from app import checksums, clock, links, manifest_keys
from app.domain import manifests
from app.domain.refused import NotFound
from app.models import Manifest
from app.pages import kept
from app.views.public import bp


def _is_check() -> bool:
    return "sha256" in request.args


@bp.get("/manifests/<public_id>")
@kept("lang", unless=_is_check)
def manifest(public_id: str) -> ResponseReturnValue:
    """What the list holds and its checksum; with `?sha256=` also whether that one is it."""
    found = manifests.find(public_id)
    g.locale = found.campaign.locale
    if not _is_check():
        return _page(found)
    pasted = request.args["sha256"][: checksums.MOST_SIGNS]
    read = checksums.sha256(pasted)
    of = {found.export.sha256: "encrypted", found.export.list_sum: "same", None: "unreadable"}
    return _page(found, pasted=pasted, answer=of.get(read, "other")), 422 if read is None else 200


def _page(found: Manifest, **checked: str) -> str:
    said = json.loads(found.document)
    address = links.to("public.manifest", public_id=found.public_id)
    return render_template(
        "public/manifest.html",
        manifest=found,
        campaign=found.campaign,
        said=said,
        taken_at=dt.datetime.fromisoformat(said["list"]["taken_at"]),
        days={name: dt.date.fromisoformat(said["period"][name]) for name in ("first", "last")}
        if said["period"]
        else {},
        versions=[one | {"published_on": dt.date.fromisoformat(one["published_on"])} for one in said["text_versions"]],
        deliveries=manifests.hand_overs(found),
        taken_out=manifests.taken_out(found, clock.now()),
        is_genuine=manifest_keys.is_genuine(found),
        signature=manifest_keys.in_letters(found.signature),
        address=address,
        key_address=links.to("public.manifest_key", fingerprint=found.fingerprint),
        **{"pasted": "", "answer": ""} | checked,
    )


@bp.get("/manifests/<public_id>.json")
@kept()
def manifest_json(public_id: str) -> Response:
    """The text that was signed, byte by byte: canonical JSON. Readable from any site."""
    return Response(manifests.find(public_id).document.encode(), mimetype="application/json")


@bp.get("/manifests/<public_id>.sig")
@kept()
def manifest_signature(public_id: str) -> Response:
    """Its Ed25519 signature, 64 bytes. Readable from any site."""
    return Response(manifests.find(public_id).signature, mimetype="application/octet-stream")


@bp.get("/manifests/keys")
@kept("lang")
def manifest_keys_page() -> str:
    """The public keys of this site: the one that signs now, and earlier ones."""
    return render_template("public/manifest_keys.html", now_signing=_present()["fingerprint"], keys=_keys())


@bp.get("/manifests/keys/<fingerprint>.pem")
@kept()
def manifest_key(fingerprint: str) -> Response:
    """One public key. Readable from any site."""
    for key in _keys():
        if key["fingerprint"] == fingerprint:
            return Response(key["public_key"], mimetype="application/x-pem-file")
    raise NotFound


def _present() -> dict[str, Any]:
    seal = manifest_keys.seal()
    return {"fingerprint": seal.fingerprint, "public_key": seal.public_key, "first_used_at": None}


def _keys() -> list[dict[str, Any]]:
    """All of them, the present one first; it is there before it has signed anything."""
    names = ("fingerprint", "public_key", "first_used_at")
    used = [{name: getattr(key, name) for name in names} for key in manifests.keys_used()]
    present = _present()
    others = [key for key in used if key["fingerprint"] != present["fingerprint"]]
    return [next((key for key in used if key not in others), present), *others]
