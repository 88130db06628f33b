"""The floor of every page: a Flask app that answers nothing, under the same server with the same settings."""

from flask import Flask, redirect

app = Flask(__name__, static_folder=None)


@app.get("/")
def empty() -> str:
    return ""


@app.post("/")
def post() -> object:
    return redirect("/", 303)
