"""Fills a database with a campaign and as many signatures as wanted, by the database's own means."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from bench.servers import ROOT

SLUG = "rein-in-militias"

POSTGRESQL = """
INSERT INTO signature (public_id, campaign_id, state, email_key, email, given_name, family_name, name_key, family_key,
                       country, postcode, show_name, locale, channel, text_version, created_at, confirmed_at)
SELECT substr(md5(n::text) || md5((n + 1)::text), 1, 22), 1, 'confirmed', decode(md5(n::text) || md5((-n)::text), 'hex'),
       'signer' || n || '@example.org', 'Given' || n % 997, 'Family' || n, 'given' || n % 997 || ' family' || n,
       'family' || n || ' given' || n % 997,
       (ARRAY['IQ','DE','GB','SE','FR','JO','PL','US'])[1 + n % 8], (10000 + n % 89999)::text, n % 3 = 0, 'en', 'direct', 1,
       now() - make_interval(secs => (n % 2592000)), now() - make_interval(secs => (n % 2592000))
FROM generate_series({first}, {last}) AS n
"""
SQLITE = """
WITH RECURSIVE series(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM series WHERE n < {last})
INSERT INTO signature (public_id, campaign_id, state, email_key, email, given_name, family_name, name_key, family_key,
                       country, postcode, show_name, locale, channel, text_version, created_at, confirmed_at)
SELECT printf('%022d', n), 1, 'confirmed', CAST(printf('%032d', n) AS BLOB),
       'signer' || n || '@example.org', 'Given' || (n % 997), 'Family' || n, 'given' || (n % 997) || ' family' || n,
       'family' || n || ' given' || (n % 997),
       substr('IQDEGBSEFRJOPLUS', 1 + 2 * (n % 8), 2), CAST(10000 + n % 89999 AS TEXT), n % 3 = 0, 'en', 'direct', 1,
       strftime('%Y-%m-%d %H:%M:%S.000000', 'now', '-' || (n % 2592000) || ' seconds'),
       strftime('%Y-%m-%d %H:%M:%S.000000', 'now', '-' || (n % 2592000) || ' seconds')
FROM series
"""


def prepare(env: dict[str, str]) -> None:
    """Migrate and make the campaign, in a process of its own."""
    subprocess.run([sys.executable, "-m", "bench.seed"], cwd=ROOT, env=env, check=True)


def fill(connection: Any, engine: str, first: int, last: int) -> None:
    """Confirmed signatures numbered `first` to `last`, counted."""
    cursor = connection.cursor()
    cursor.execute((POSTGRESQL if engine == "postgresql" else SQLITE).format(first=first, last=last))
    cursor.execute(
        "UPDATE campaign_tally SET confirmed_count = (SELECT count(*) FROM signature s WHERE s.campaign_id = 1 "
        "AND s.state = 'confirmed' AND s.id % 16 = campaign_tally.slot) WHERE campaign_id = 1"
    )
    connection.commit()
    if engine == "postgresql":
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")
        connection.autocommit = False
    else:
        cursor.execute("ANALYZE")
        connection.commit()


def main() -> None:
    from flask_migrate import upgrade

    from app import clock, create_app
    from app.demo import content
    from app.domain import campaigns
    from app.extensions import db
    from app.models import Organisation

    app = create_app()
    with app.app_context():
        upgrade()
        now = clock.now()
        organisation = Organisation(**content.ORGANISATION, is_demo=True, created_at=now)
        db.session.add(organisation)
        db.session.commit()
        words = campaigns.Words(content.MILITIAS_ASK, content.MILITIAS_SUMMARY, content.MILITIAS_TEXT)
        campaign = campaigns.create(organisation.id, words, locale="en", zone="UTC", now=now)
        campaigns.set_decision_makers(campaign, content.DECISION_MAKERS, now=now)
        campaigns.move(campaign, SLUG, now=now)
        campaigns.publish(campaign, by=None, reason="", locales=app.config["LANGUAGES"], now=now)


if __name__ == "__main__":
    main()
