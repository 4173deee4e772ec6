"""create_app(): the only place where the parts meet."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, redirect, request, url_for
from flask_babel import Babel, format_date, format_datetime, format_time, format_timedelta, get_locale, get_translations
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from quizapp.clock import SteadyClock
from quizapp.config import Settings, prepare_home
from quizapp.models import db
from quizapp.models.storage import engine_options, prepare_engine
from quizapp.paths import PACKAGE, resource_dir
from quizapp.services import kept_marks, room_results, writing
from quizapp.services.previewing import Watched
from quizapp.services.room_counts import phrases_of
from quizapp.web import (
    account,
    admin,
    alternatives,
    answer_files,
    api,
    articles,
    asking,
    assign,  # noqa: F401 - adds its views to those of teach
    auth,
    author,
    bank_files,
    bank_forms,
    bank_starts,  # noqa: F401 - adds its views to those of bank_forms
    banks,
    check_ins,
    correcting,
    draft_live,
    draft_preview,  # noqa: F401 - adds its views to those of drafts
    drafts,
    errors,
    files,
    insight,
    instance,
    join,
    learn,
    library,
    live,
    marking,
    media,
    navigation,
    overview,
    paper,
    practice,
    preview,
    reading,
    results,
    rooms,
    sections,
    security,
    sharing,
    student_data,
    students,
    teach,
    together,
    tokens,
    trial,
    versions,
    ways,
)
from quizapp.web.audit_words import audit_words
from quizapp.web.field_words import field_word

LANGUAGES = ("en",)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application.

    Args:
        settings: where data live and how it is reached; read from the environment when left out.

    Raises:
        SettingsError: the settings cannot be used; nothing was started.
    """
    settings = settings or Settings.from_env()
    prepare_home(settings.home)
    app = Flask(
        "quizapp",
        template_folder=str(resource_dir("templates")),
        static_folder=str(resource_dir("static")),
        instance_path=str(settings.home),
    )
    app.extensions["settings"] = settings
    app.extensions["clock"] = SteadyClock()
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    security.configure(app, settings)
    _attach_storage(app, settings)
    _attach_languages(app, settings)
    # A blueprint may have its views in several modules; importing them is what attaches the views.
    parts = (
        (join, learn, asking, alternatives, practice, reading, trial),
        (teach, students, sections, student_data, articles, check_ins, insight, results, live, answer_files, banks),
        (files, paper),
        (marking, correcting),
        (drafts, draft_live, bank_forms, versions, sharing, library, bank_files),
        (rooms, together),
        (author, account, tokens, admin, overview, media, api),
    )
    for blueprint in dict.fromkeys(part.bp for group in parts for part in group):
        app.register_blueprint(blueprint)
    security.init_app(app, settings)
    errors.init_app(app)
    api.init_app(app)
    draft_live.init_app(app)
    auth.init_app(app)
    navigation.init_app(app)
    reading.init_app(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way to add middleware
    return app


def create_preview(settings: Settings, watched: Watched) -> Flask:
    """Make the application that shows one bank file to its author, and nothing else.

    Args:
        settings: with a home of its own, which may be thrown away; the database is never opened.
        watched: the file.
    """
    app = create_app(settings)
    # Cookies know no ports: under another name this one leaves a sign-in at the real app alone.
    app.config["SESSION_COOKIE_NAME"] = "closer-look-preview"
    app.extensions["watched bank"] = watched
    app.register_blueprint(preview.bp)

    @app.before_request
    def only_the_preview() -> Response | None:
        if request.blueprint == "preview" or request.endpoint in {None, "static"}:
            return None
        return redirect(url_for("preview.start"))

    return app


def _attach_storage(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url, settings.threads)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(app, db, directory=str(PACKAGE / "migrations"), compare_type=True)
    writing.init_app(app, settings.home)
    kept_marks.init_app(app)
    room_results.init_app(app)


def _attach_languages(app: Flask, settings: Settings) -> None:
    Babel(
        app,
        default_timezone=settings.timezone,
        default_translation_directories=str(PACKAGE / "translations"),
        locale_selector=lambda: request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0],
    )

    def translations() -> Any:
        # Looked up once a request: a page of forty students says hundreds of sentences.
        if "translations" not in g:
            g.translations = get_translations()
        return g.translations

    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension that Babel adds
        gettext=lambda sentence: translations().ugettext(sentence),
        ngettext=lambda one, many, count: translations().ungettext(one, many, count),
        newstyle=True,
    )

    @app.context_processor
    def language() -> dict[str, str]:
        locale = get_locale()
        return {
            "lang": str(locale).replace("_", "-"),
            "dir": "rtl" if locale is not None and locale.text_direction == "rtl" else "ltr",
        }

    app.jinja_env.globals.update(write_url=ways.write_url, writes_text=ways.writes_text)
    app.jinja_env.filters.update(
        paper_template=lambda kind: app.jinja_env.select_template([f"paper/{kind}.html", "paper/_default.html"]),
        item_template=lambda kind: app.jinja_env.select_template([f"items/{kind}.html", "items/_default.html"]),
        clock_time=lambda moment: format_time(moment, "HH:mm"),
        day=lambda moment: format_date(moment, "d MMM"),
        ago=lambda moment: format_timedelta(moment - instance.now(), add_direction=True),
        moment=lambda moment: format_datetime(moment, "EEE d MMM, HH:mm"),
        date_and_year=lambda moment: format_date(moment, "d MMM y"),
        audit_words=audit_words,
        field_word=field_word,
        phrases=phrases_of,
        picture_url=media.image_url,
    )
