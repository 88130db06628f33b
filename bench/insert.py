"""The bare INSERT by a plain driver: so many threads, each with its own connection to PostgreSQL, one row a transaction.

    python -m bench.insert URI THREADS SECONDS

Prints how many rows were committed. Two of these processes stand for the two web processes.
"""

from __future__ import annotations

import secrets
import sys
import threading
import time

import psycopg

INSERT = "INSERT INTO bare (campaign_id, email_key, email, given_name, family_name, country) VALUES (1, %s, %s, 'Sam', 'Signer', 'DE')"


def main() -> None:
    uri, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    done = [0] * threads
    together = threading.Barrier(threads)

    def write(n: int) -> None:
        with psycopg.connect(uri, autocommit=True) as connection:
            together.wait()
            deadline = time.perf_counter() + seconds
            while time.perf_counter() < deadline:
                connection.execute(
                    INSERT, (secrets.token_bytes(32), f"{secrets.token_hex(8)}@example.org"), prepare=True
                )
                done[n] += 1

    running = [threading.Thread(target=write, args=(n,)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    print(sum(done))


if __name__ == "__main__":
    main()
