"""What organisers paste or hand in, read into rows with doubts. No database, no pages: text in, rows out.

Nothing is dropped and nothing raises: what cannot be read comes back as text, what is uncertain carries a doubt with a
sentence, so that a person sees it and corrects it before anything is stored.
"""
