"""Raw files are found, verified and downloaded as promised, and nothing wrong is ever opened."""

import hashlib
import http.client
import io
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from varigraph.datasets.card import RawFile
from varigraph.datasets.download import cache_folder, locate, locate_all, read_verified
from varigraph.errors import DatasetUnavailableError, FileContentError

CONTENT = b"the right bytes"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
RAW = RawFile("a.txt", SHA256, ("set/raw/a.txt", "raw/a.txt"), "https://example.org/a.txt")


def put(path: Path, content: bytes = CONTENT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def data(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("VARIGRAPH_DATA", str(folder))
    return folder


@pytest.fixture
def online(monkeypatch):
    """Lets `urlopen` send what the test puts in; gives the list of addresses that were asked."""
    asked, sent = [], {"content": CONTENT}

    def urlopen(request, timeout):
        asked.append(request.full_url)
        if isinstance(sent["content"], Exception):
            raise sent["content"]
        return io.BytesIO(sent["content"])

    monkeypatch.setenv("VARIGRAPH_OFFLINE", "0")
    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return asked, sent


def test_the_data_folder_comes_before_the_cache(data, private_cache):
    put(private_cache / "raw" / RAW.places[0])
    mine = put(data / RAW.places[1])
    assert locate(RAW) == mine


def test_the_first_place_comes_before_the_second(data):
    put(data / RAW.places[1])
    first = put(data / RAW.places[0])
    assert locate(RAW) == first


def test_the_cache_is_used_when_the_data_folder_has_no_such_file(data, private_cache):
    cached = put(private_cache / "raw" / RAW.places[0])
    assert locate(RAW) == cached


def test_a_wrong_file_in_the_data_folder_is_refused_with_both_sums(data):
    path = put(data / RAW.places[0], b"tampered")
    with pytest.raises(FileContentError) as caught:
        locate(RAW)
    message = str(caught.value)
    assert str(path) in message
    assert SHA256 in message
    assert hashlib.sha256(b"tampered").hexdigest() in message


def test_a_missing_file_is_downloaded_into_the_cache_once(data, private_cache, online):
    asked, _ = online
    path = locate(RAW)
    assert path == private_cache / "raw" / RAW.places[0]
    assert path.read_bytes() == CONTENT
    assert locate(RAW) == path
    assert asked == [RAW.url]
    assert list(data.iterdir()) == []


def test_a_damaged_cached_file_is_downloaded_again(private_cache, online):
    put(private_cache / "raw" / RAW.places[0], b"damaged")
    assert locate(RAW).read_bytes() == CONTENT


def test_a_download_with_a_wrong_sum_leaves_no_file(private_cache, online):
    _, sent = online
    sent["content"] = b"something else"
    with pytest.raises(FileContentError, match="thrown away"):
        locate(RAW)
    assert [path for path in private_cache.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (urllib.error.URLError("no route to host"), "no route to host"),
        (urllib.error.HTTPError("https://example.org/a.txt", 404, "Not Found", None, None), "Not Found"),
        (TimeoutError("timed out"), "timed out"),
        (http.client.IncompleteRead(b"the ri"), "broke off"),
    ],
)
def test_a_failed_download_says_why_and_leaves_no_file(private_cache, online, problem, said):
    _, sent = online
    sent["content"] = problem
    with pytest.raises(DatasetUnavailableError, match=said):
        locate(RAW)
    assert [path for path in private_cache.rglob("*") if path.is_file()] == []


def test_offline_the_message_lists_every_missing_file_with_its_place_and_address(data, private_cache):
    others = [
        RawFile(f"{one}.txt", SHA256, (f"set/raw/{one}.txt",), f"https://example.org/{one}.txt")
        for one in "bc"
    ]
    put(data / RAW.places[0])
    with pytest.raises(DatasetUnavailableError) as caught:
        locate_all([RAW, *others])
    message = str(caught.value)
    assert "VARIGRAPH_OFFLINE" in message
    assert str(data) in message
    assert str(private_cache) in message
    assert all(one.places[0] in message and one.url in message for one in others)
    assert RAW.places[0] not in message


def test_offline_nothing_asks_the_network(online, monkeypatch):
    asked, _ = online
    monkeypatch.setenv("VARIGRAPH_OFFLINE", "1")
    with pytest.raises(DatasetUnavailableError):
        locate(RAW)
    assert asked == []


def test_an_address_without_encryption_is_never_asked(online):
    asked, _ = online
    with pytest.raises(DatasetUnavailableError, match="not an https address"):
        locate(RawFile("a.txt", SHA256, ("a.txt",), "http://example.org/a.txt"))
    assert asked == []


def test_a_file_without_an_address_says_how_it_is_made(online):
    with pytest.raises(DatasetUnavailableError, match="sum the parts"):
        locate(RawFile("a.txt", SHA256, ("a.txt",), None, how_to_make="sum the parts"))


def test_a_cache_that_cannot_be_written_is_named(tmp_path, online, monkeypatch):
    occupied = put(tmp_path / "occupied")
    monkeypatch.setenv("VARIGRAPH_CACHE", str(occupied))
    with pytest.raises(DatasetUnavailableError, match="occupied"):
        locate(RAW)


def test_contents_exchanged_after_the_check_are_refused(data, monkeypatch):
    path = put(data / RAW.places[0])

    def exchanged(_):
        path.write_bytes(b"exchanged")
        return [path]

    monkeypatch.setattr("varigraph.datasets.download.locate_all", exchanged)
    with pytest.raises(FileContentError):
        read_verified([RAW])


def test_verified_contents_come_by_name(data):
    put(data / RAW.places[0])
    assert read_verified([RAW]) == {"a.txt": CONTENT}


def test_a_data_folder_that_does_not_exist_is_no_error_when_the_cache_has_the_file(
    tmp_path, private_cache, monkeypatch
):
    monkeypatch.setenv("VARIGRAPH_DATA", str(tmp_path / "nowhere"))
    cached = put(private_cache / "raw" / RAW.places[0])
    assert locate(RAW) == cached


def test_the_cache_follows_its_variable_then_the_platform(tmp_path, monkeypatch):
    monkeypatch.setenv("VARIGRAPH_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("VARIGRAPH_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "varigraph"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "varigraph"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_folder() == Path.home() / "Library" / "Caches" / "varigraph"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache_folder() == tmp_path / "local" / "varigraph"
