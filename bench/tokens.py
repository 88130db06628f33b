"""Makes pending signatures and prints the token of each one's confirmation link, in a process of its own."""

from __future__ import annotations

import secrets
import sys

from sqlalchemy import insert

from app import clock, create_app, tokens
from app.extensions import db
from app.models import Signature


def main() -> None:
    total = int(sys.argv[1])
    app = create_app()
    with app.app_context():
        ids = [secrets.token_urlsafe(16) for _ in range(total)]
        rows = [
            {
                "public_id": public_id,
                "campaign_id": 1,
                "state": "pending",
                "email_key": secrets.token_bytes(32),
                "email": f"{public_id.lower()}@example.org",
                "given_name": "Sam",
                "family_name": "Signer",
                "name_key": "sam signer",
                "country": "DE",
                "postcode": "",
                "show_name": False,
                "locale": "en",
                "channel": "direct",
                "text_version": 1,
                "created_at": clock.now(),
            }
            for public_id in ids
        ]
        db.session.execute(insert(Signature), rows)
        db.session.commit()
        print("\n".join(tokens.issue(tokens.Purpose.CONFIRM, public_id) for public_id in ids))


if __name__ == "__main__":
    main()
