"""`get_file` keeps files where Keras does; archives from strangers write nothing outside of their folder."""

import hashlib
import inspect
import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import keras
import pytest

from torchkeras import utils
from torchkeras.utils import _archive
from torchkeras.utils._archive import UnsafeArchiveError, extract_archive

MD5, SHA256 = (hashlib.new(name, b"hello").hexdigest() for name in ("md5", "sha256"))


@pytest.fixture
def origin(tmp_path, monkeypatch):
    """URLs of a text, a tar and a zip archive; the cache is elsewhere."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text("hello")
    with tarfile.open(source / "t.tar.gz", "w:gz") as archive:
        archive.add(source / "a.txt", "d/a.txt")
    with zipfile.ZipFile(source / "z.zip", "w") as archive:
        archive.write(source / "a.txt", "d/a.txt")
    return lambda name: (source / name).as_uri()


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


LAYOUTS = [
    ("a.txt", {}),
    ("a.txt", {"fname": None}),
    ("a.txt", {"cache_subdir": "models/deep"}),
    ("a.txt", {"fname": Path("p.txt")}),
    ("a.txt", {"md5_hash": MD5}),
    ("a.txt", {"file_hash": SHA256}),
    ("a.txt", {"file_hash": SHA256, "hash_algorithm": "sha256"}),
    ("t.tar.gz", {"extract": True}),
    ("t.tar.gz", {"fname": None, "extract": True}),
    ("t.tar.gz", {"fname": "plain", "extract": True}),
    ("t.tar.gz", {"fname": "x.tgz", "untar": True}),
    ("t.tar.gz", {"fname": "plain", "untar": True}),
    ("t.tar.gz", {"fname": "b.c.tar.bz2", "extract": True}),
    ("z.zip", {"extract": True}),
    ("z.zip", {"fname": None, "extract": True, "archive_format": "zip"}),
    ("z.zip", {"fname": "w", "extract": True, "archive_format": ["tar", "zip"]}),
]


@pytest.mark.parametrize(("name", "arguments"), LAYOUTS)
def test_the_same_files_in_the_same_places_as_keras(name, arguments, origin, tmp_path):
    found = []
    for get_file, home in ((keras.utils.get_file, "theirs"), (utils.get_file, "ours")):
        (tmp_path / home).mkdir()
        path = get_file(**{"fname": name, "origin": origin(name), "cache_dir": str(tmp_path / home), **arguments})
        found.append((os.path.relpath(path, tmp_path / home), tree(tmp_path / home)))
    assert found[0] == found[1]


def test_same_arguments_as_keras():
    ours, theirs = (inspect.signature(module.get_file).parameters for module in (utils, keras.utils))
    assert [(p.name, p.default) for p in ours.values()] == [(p.name, p.default) for p in theirs.values()]


def test_a_cached_file_is_not_downloaded_again(origin, capsys):
    path = utils.get_file("a.txt", origin("a.txt"))
    assert "Downloading data from file://" in capsys.readouterr().out
    Path(path).write_text("changed")
    assert Path(utils.get_file("a.txt", "https://example.org/gone")).read_text() == "changed"
    assert capsys.readouterr().out == ""
    utils.get_file("a.txt", origin("a.txt"), force_download=True)
    assert Path(path).read_text() == "hello"


def test_a_cached_file_with_another_hash_is_downloaded_again(origin, capsys):
    path = utils.get_file("a.txt", origin("a.txt"))
    Path(path).write_text("changed")
    utils.get_file("a.txt", origin("a.txt"), file_hash=SHA256)
    assert Path(path).read_text() == "hello"
    assert "does not match the original value" in capsys.readouterr().out


def test_a_download_with_another_hash_leaves_nothing(origin, tmp_path):
    with pytest.raises(ValueError, match="Incomplete or corrupted file detected"):
        utils.get_file("a.txt", origin("a.txt"), file_hash="0" * 64)
    assert tree(tmp_path / "home") == []


def test_a_failed_download_keeps_the_file_there_was(origin):
    path = Path(utils.get_file("a.txt", origin("a.txt")))
    with pytest.raises(OSError, match=r"URL fetch failure on file:.*No such file"):
        utils.get_file("a.txt", origin("missing"), force_download=True)
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]
    assert path.read_text() == "hello"


@pytest.mark.parametrize("name", ["/abs/x", "../x", "sub/x", "..", "a\\b"])
def test_a_name_is_no_path(name, origin):
    with pytest.raises(ValueError, match="Paths are no longer accepted"):
        utils.get_file(name, origin("a.txt"))


@pytest.mark.parametrize("url", ["https://example.org/", "https://example.org/..", "https://example.org"])
def test_a_url_without_a_name_asks_for_one(url):
    with pytest.raises(ValueError, match="Please specify the `fname` argument"):
        utils.get_file(origin=url)


def test_an_origin_is_needed():
    with pytest.raises(ValueError, match='Please specify the "origin" argument'):
        utils.get_file("x")


def test_an_unknown_hash_algorithm_is_refused():
    with pytest.raises(ValueError, match="Did you mean 'sha256'"):
        utils.get_file("x", "https://example.org/x", file_hash="0", hash_algorithm="sha25")


def test_what_is_no_archive_is_returned_as_it_is(origin):
    with pytest.warns(UserWarning, match="is no archive"):
        path = utils.get_file("a.txt", origin("a.txt"), extract=True)
    assert Path(path).read_text() == "hello"


def test_the_cache_moves_where_it_cannot_be_written(origin, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    path = utils.get_file("a.txt", origin("a.txt"), cache_dir=tmp_path / "file" / "below")
    assert path == str(tmp_path / "tmp" / ".keras" / "datasets" / "a.txt")


def member(name, kind=tarfile.REGTYPE, link="", content=b"x", mode=0o644):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, mode
    info.size = len(content) if kind == tarfile.REGTYPE else 0
    return info, content


OUTSIDE = "the parent of the target"
HOSTILE = {
    "dotdot": [member("../x")],
    "dotdot inside": [member("d/../../x")],
    "absolute": [member("/tmp/torchkeras_marker")],
    "backslash": [member("..\\x")],
    "drive": [member("C:x")],
    "symlink out": [member("link", tarfile.SYMTYPE, ".."), member("link/x")],
    "symlink to itself": [member("link", tarfile.SYMTYPE, "link")],
    "symlink to here, then up": [member("link", tarfile.SYMTYPE, "."), member("link/../../x")],
    "symlink to a secret": [member("link", tarfile.SYMTYPE, "/etc/hostname")],
    "hard link to outside": [member("link", tarfile.LNKTYPE, "../secret")],
    "hard link with a name outside": [member("a"), member("../x", tarfile.LNKTYPE, "a")],
    "sibling with the same beginning": [member("../out_evil/x")],
    "pipe": [member("pipe", tarfile.FIFOTYPE)],
    "device": [member("device", tarfile.CHRTYPE)],
    "long chain": [
        *(member("a" * 200 + "/" + str(i), tarfile.SYMTYPE, "b" * 200) for i in range(3)),
        member("/".join(["c" * 200] * 30) + "/../" * 40 + "x"),
    ],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_tar_writes_nothing_outside(name, tmp_path):
    (tmp_path / "secret").write_text("secret")
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        for info, content in HOSTILE[name]:
            archive.addfile(info, io.BytesIO(content))
    before = tree(tmp_path)
    with pytest.raises(UnsafeArchiveError, match=r"evil\.tar"):
        extract_archive(tmp_path / "evil.tar", tmp_path / "out")
    assert [path for path in tree(tmp_path) if not path.startswith("out/")] == before
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))
    assert not Path("/tmp/torchkeras_marker").exists()


@pytest.mark.parametrize("name", ["../x", "/tmp/torchkeras_marker", "a/../../x", "..\\x"])
def test_a_hostile_zip_writes_nothing_outside(name, tmp_path):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(UnsafeArchiveError):
        extract_archive(tmp_path / "evil.zip", tmp_path / "out")
    assert tree(tmp_path) == ["evil.zip"]


def test_a_zip_with_a_link_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/hostname")
    with pytest.raises(UnsafeArchiveError, match="is a link"):
        extract_archive(tmp_path / "evil.zip", tmp_path / "out")


def test_links_within_an_archive_become_copies(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for info, content in [
            member("d/a", content=b"hello"),
            member("d/soft", tarfile.SYMTYPE, "a"),
            member("hard", tarfile.LNKTYPE, "d/a"),
        ]:
            archive.addfile(info, io.BytesIO(content))
    assert extract_archive(tmp_path / "a.tar", tmp_path / "out")
    assert tree(tmp_path / "out") == ["d/a", "d/soft", "hard"]
    assert (tmp_path / "out/d/soft").read_text() == (tmp_path / "out/hard").read_text() == "hello"
    assert not (tmp_path / "out/d/soft").is_symlink()


def test_a_link_that_lies_in_the_target_is_not_followed(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/d").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "victim").write_text("safe")
    (tmp_path / "out/file").symlink_to(tmp_path / "victim")
    for name in ("file", "d/x"):
        with tarfile.open(tmp_path / "a.tar", "w") as archive:
            archive.addfile(*((lambda pair: (pair[0], io.BytesIO(pair[1])))(member(name))))
        if name == "file":
            extract_archive(tmp_path / "a.tar", tmp_path / "out")
        else:
            with pytest.raises(UnsafeArchiveError, match="through a link"):
                extract_archive(tmp_path / "a.tar", tmp_path / "out")
    assert (tmp_path / "victim").read_text() == "safe"
    assert tree(tmp_path / "elsewhere") == []


def test_set_user_id_is_dropped(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info, content = member("tool", mode=0o6755)
        archive.addfile(info, io.BytesIO(content))
    extract_archive(tmp_path / "a.tar", tmp_path / "out")
    assert not (tmp_path / "out/tool").stat().st_mode & 0o6000


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_bomb_stops_early(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(_archive, "LEAST_LIMIT", 1 << 20)
    monkeypatch.setattr(_archive, "LIMIT_RATIO", 2)
    zeros = bytes(8 << 20)
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("zeros", zeros)
    else:
        with tarfile.open(tmp_path / "bomb", "w:gz") as archive:
            archive.addfile(*((lambda pair: (pair[0], io.BytesIO(pair[1])))(member("zeros", content=zeros))))
    with pytest.raises(UnsafeArchiveError, match="far more than its size"):
        extract_archive(tmp_path / "bomb", tmp_path / "out")
    assert (tmp_path / "out/zeros").stat().st_size <= 1 << 20


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Unknown archive format: 'rar'"):
        extract_archive(tmp_path, tmp_path, "rar")
