"""When strangers can reach the studio, and what its secret must be."""

import pytest

from imagestudio.core.settings import SettingsError, load_settings
from tests.tables import rows


@rows(
    ("settings", "public"),
    [
        ({}, False),
        ({"GRADIO_SERVER_NAME": "localhost"}, False),
        ({"GRADIO_SERVER_NAME": "::1"}, False),
        ({"GRADIO_SERVER_NAME": "127.8.0.1"}, False),
        ({"IMAGESTUDIO_PUBLIC_URL": "http://localhost:8000"}, False),
        ({"IMAGESTUDIO_PUBLIC_URL": "http://[::1]/studio"}, False),
        ({"IMAGESTUDIO_PUBLIC_URL": "http://studio.localhost"}, False),
        ({"GRADIO_ROOT_PATH": "/studio"}, False),
        ({"GRADIO_SERVER_NAME": "0.0.0.0"}, True),
        ({"GRADIO_SERVER_NAME": "::"}, True),
        ({"GRADIO_SERVER_NAME": "192.168.1.5"}, True),
        ({"GRADIO_SERVER_NAME": "my-machine"}, True),
        ({"IMAGESTUDIO_PUBLIC_URL": "https://studio.example"}, True),
        ({"IMAGESTUDIO_PUBLIC_URL": "https://localhost.example"}, True),
        ({"GRADIO_ROOT_PATH": "https://studio.example/x"}, True),
        ({"SPACE_ID": "ann/image-studio"}, True),
    ],
)
def test_where_strangers_come(settings: dict[str, str], public: bool) -> None:
    assert load_settings(settings).public is public


def test_a_secret_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(
        SettingsError, match=r"^IMAGESTUDIO_SECRET_KEY: must have 32 characters or more"
    ) as error:
        load_settings({"IMAGESTUDIO_SECRET_KEY": "marked" * 5})
    assert "marked" not in str(error.value)
    assert "marked" not in repr(load_settings({"IMAGESTUDIO_SECRET_KEY": "marked" * 6}))


@rows("missing", ["SPACE_ID", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"])
def test_logins_are_for_spaces_that_have_them(missing: str) -> None:
    space = {"SPACE_ID": "ann/x", "OAUTH_CLIENT_ID": "client", "OAUTH_CLIENT_SECRET": "marked-secret"}
    assert load_settings(space).logins
    assert "marked-secret" not in repr(load_settings(space))
    assert not load_settings({name: value for name, value in space.items() if name != missing}).logins
