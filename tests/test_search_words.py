"""Which words are one word to the search: a table, and what it does with everything that is no word."""

from __future__ import annotations

import pytest

from app.domain import search_words

ALIKE = (
    "militia militias Militia militia’s MILITIAS",
    "kill kills killed killing killings",
    "abuse abuses abused abusing",
    "agency agencies",
    "try tried tries",
    "Iraq Iraqi Iraqis",
    "Yezidi Yezidis",
    "house houses housed",
    "Sha’fah Sha'fah shafah SHAFAH Shaʿfah",
    "Sámarra Samarra",
    "2017 ٢٠١٧ ۲۰۱۷",
    "أربيل اربيل إربيل",
    "العراق عراق والعراق للعراق بالعراق عراقي عراقية العراقيين العـراق العِرَاق",
    "ميليشيا ميليشيات الميليشيات والميليشيات",
    "مدني مدنية مدنيين المدنيون",
    "الموصل موصل بالموصل",
    "سوريا سورية",
    "حكومة الحكومة حكومه",
    "نازح النازحين للنازحين نازحون",
    "كركوك کرکوک",
)
APART = (
    "news new",
    "Iraq Iran",
    "organ organisation",
    "war warning",
    "العراق ايران",
    "لبنان لبن",
    "Mosul mosque",
    "us use",
    "agency agent",
    "Ali all",
)


def finds(asked: str, written: str) -> bool:
    return search_words.ask(asked).fits(written)


@pytest.mark.parametrize("words", ALIKE)
def test_every_form_of_a_word_finds_every_other(words):
    forms = words.split()
    asked = [
        form for form in forms if not form.startswith(("وا", "با", "لل"))
    ]  # what is written onto a word is not typed
    assert [(one, other) for one in asked for other in forms if not finds(one, other)] == []


@pytest.mark.parametrize("words", APART)
def test_words_that_only_look_alike_stay_apart(words):
    one, other = words.split()
    assert not finds(one, other)
    assert not finds(other, one)


def test_the_last_word_typed_may_be_half_of_one():
    for asked, written in (("milit", "militias"), ("the milit", "militias"), ("موص", "الموصل"), ("الموص", "بالموصل")):
        query = search_words.ask(asked)
        assert not query.fits(written)
        assert query.widened().fits(written)
    assert [term.beginning for term in search_words.ask("milit army").widened().terms] == ["", "army"]
    for asked in ("", "mi", "2017", "milit in", "!"):  # of every text some word begins with two letters
        assert search_words.ask(asked).widened() is None


def test_words_that_stand_everywhere_are_left_out_unless_there_are_no_others():
    assert [term.word for term in search_words.ask("the militias of Iraq").terms] == ["militia", "iraq"]
    assert [term.word for term in search_words.ask("to be").terms] == ["to", "be"]
    assert [term.word for term in search_words.ask("النازحون في العراق").terms] == ["نازح", "عراق"]


@pytest.mark.parametrize(
    "text", ["", "%", "_", '"', "' OR 1=1 --", "*", "-", ":", "\0", "\ud800", "()", "\u202e", "…", "¶§"]
)
def test_signs_are_no_words(text):
    kept = [term.word for term in search_words.ask(text).terms]
    assert [word for word in kept if not word.isalnum()] == []


def test_everything_typed_becomes_letters_and_digits_of_bounded_number():
    text = "".join(map(chr, range(1, 0xD800)))
    for start in range(0, len(text), 150):
        query = search_words.ask(text[start : start + 150])
        assert len(query.terms) <= search_words.MOST_WORDS
        for term in query.terms:
            assert not set(term.word) & set("\"'\\*&|!:() §¶\0"), ascii(term.word)
            assert len(term.word) <= search_words.LONGEST_WORD
    assert len(search_words.ask("word " * 5000).terms) == 1
    assert len(search_words.ask("a" * 10_000).terms[0].word) == search_words.LONGEST_WORD
