"""Chips as TIFF: what GDAL reads, what a plain parser reads, and the same bytes each time."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS
from rasterio.io import MemoryFile

from swath.engine.data import encoding as encoding_module
from swath.engine.data.encoding import encode_geotiff, encoding
from swath.engine.data.tiff import NotPlainTiffError, TiffTag, pack_tiff, read_tags
from swath.engine.windows import Affine

DTYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]
NORTH_UP = Affine(0.3, 0, 300000.1, 0, -0.3, 100000.7)
PLACES = [
    None,
    NORTH_UP,
    Affine(1, 0, 0, 0, 1, 0),
    Affine(1, 0, 0, 0, -1, 0),
    Affine(-2, 0, 5, 0, -3, 7),
    Affine(2, 0, 5, 0, 3, 7),
    Affine(0.26, 0.15, 300000.1, 0.15, -0.26, 100000.7),
]
ROTATED_POLE = CRS.from_string("+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18 +R=6371229").to_wkt()
CUSTOM = (
    "+proj=laea +lat_0=51.234 +lon_0=7.1 +x_0=12 +y_0=3 +ellps=bessel "
    "+towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7 +units=us-ft"
)
SYSTEMS = {
    "none": "",
    "utm": CRS.from_epsg(32636).to_wkt(),
    "geographic": CRS.from_epsg(4326).to_wkt(),
    "web mercator": CRS.from_epsg(3857).to_wkt(),
    "compound": CRS.from_epsg(7415).to_wkt(),
    "custom": CRS.from_string(CUSTOM).to_wkt(),
    "citation": CRS.from_epsg(2154).to_wkt().replace("RGF93", "A grid of our own, named at great length; RGF93"),
    "interrupted": CRS.from_string("+proj=igh").to_wkt(),
    "local": 'LOCAL_CS["site",UNIT["metre",1]]',
    "other planet": 'GEOGCS["Mars",DATUM["D_Mars",SPHEROID["Mars",3396190,169.8944]],PRIMEM["Reference",0],'
    'UNIT["Decimal_Degree",0.0174532925199433]]',
    "rotated pole": ROTATED_POLE,
}
WHERE_STRIPS_LIE = {273, 279}


def parse(data):
    """Read a TIFF by the specification: {tag: (type, values as bytes)}, and the bytes of its strips."""
    assert data[:4] == b"II*\0"
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    tags = {}
    for at in range(start + 2, start + 2 + 12 * count, 12):
        code, kind, number = struct.unpack_from("<HHI", data, at)
        size = {1: 1, 2: 1, 3: 2, 4: 4, 12: 8}[kind] * number
        place = at + 8 if size <= 4 else struct.unpack_from("<I", data, at + 8)[0]
        assert place % 2 == 0
        tags[code] = (kind, data[place : place + size])
    assert data[start + 2 + 12 * count :][:4] == bytes(4)
    places, sizes = (numbers(tags[code]) for code in (273, 279))
    return tags, [data[place : place + size] for place, size in zip(places, sizes, strict=True)]


def numbers(tag):
    kind, value = tag
    return np.frombuffer(value, {3: "<u2", 4: "<u4", 12: "<f8"}[kind]).tolist()


def decode(data, dtype):
    """Return the pixels (bands, height, width) of a TIFF of whole numbers."""
    tags, strips = parse(data)
    (width,), (height,), (rows,), (bands,) = (numbers(tags[code]) for code in (256, 257, 278, 277))
    assert len(strips) == -(-height // rows)
    raw = b"".join(zlib.decompress(strip) for strip in strips)
    differences = np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).reshape(height, width, bands)
    return np.moveaxis(np.cumsum(differences, axis=1, dtype=dtype), 2, 0)


def written_by_gdal(pixels, transform, crs):
    """Return the bytes that GDAL writes with the same options."""
    profile = {"count": pixels.shape[0], "height": pixels.shape[1], "width": pixels.shape[2]}
    profile |= {"driver": "GTiff", "dtype": pixels.dtype, "compress": "DEFLATE", "zlevel": 1}
    profile |= {"predictor": 3 if pixels.dtype.kind == "f" else 2, "blockysize": min(512, pixels.shape[1])}
    if pixels.shape[0] != 3:
        profile |= {"photometric": "MINISBLACK", "alpha": "NO"}
    if transform is not None:
        profile["transform"] = rasterio.Affine(*transform.tuple6())
    if crs:
        profile["crs"] = CRS.from_wkt(crs)
    with MemoryFile() as memory:
        with memory.open(**profile) as dataset:
            dataset.write(pixels)
        return bytes(memory.getbuffer())


def seen(data):
    """Return all that rasterio tells of a TIFF, and its pixels."""
    with MemoryFile(data) as memory, memory.open() as dataset:
        told = {**dataset.profile, "colorinterp": dataset.colorinterp, "masks": dataset.mask_flag_enums}
        return told, dataset.tags(), dataset.tags(1), dataset.read()


def assert_same_as_gdal(pixels, transform, crs):
    ours, theirs = encode_geotiff(pixels, transform, crs), written_by_gdal(pixels, transform, crs)
    told, found = seen(ours), seen(theirs)
    assert told[:3] == found[:3]
    np.testing.assert_array_equal(told[3], pixels)
    tags, known = parse(ours)[0], parse(theirs)[0]
    assert tags.keys() == known.keys()
    assert {code: tags[code] for code in tags.keys() - WHERE_STRIPS_LIE} == {
        code: known[code] for code in known.keys() - WHERE_STRIPS_LIE
    }
    return ours


@st.composite
def pictures(draw):
    """Noise, labels, or a picture a part of which has no data, of any type and shape."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    shape = draw(st.tuples(st.sampled_from([1, 2, 3, 4, 5, 9]), st.integers(1, 40), st.integers(1, 40)))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if dtype.kind == "f":
        pixels = random.normal(0, 1e3, shape).astype(dtype)
    else:
        limits = np.iinfo(dtype)
        pixels = random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    filled = draw(st.sampled_from([0, 0.5, 0.9, 1]))
    pixels[:, :, : int(filled * shape[2])] = draw(st.sampled_from([0, 1, 7]))
    return pixels


@settings(max_examples=150, deadline=None)
@given(pictures(), st.sampled_from(PLACES), st.sampled_from(sorted(SYSTEMS)))
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_geotiff_of_any_chip_is_what_gdal_writes(pixels, transform, system):
    ours = assert_same_as_gdal(pixels, transform, SYSTEMS[system])
    if pixels.dtype.kind in "iu":
        np.testing.assert_array_equal(decode(ours, pixels.dtype), pixels)
    assert encode_geotiff(pixels.copy(), transform, SYSTEMS[system]) == ours


@pytest.mark.parametrize("system", sorted(SYSTEMS))
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_geotiff_of_labels_has_the_crs_as_gdal_writes_it(system, dtype):
    labels = np.zeros((1, 64, 48), dtype)
    labels[0, 10:20, 5:40] = 3
    ours = assert_same_as_gdal(labels, NORTH_UP, SYSTEMS[system])
    assert (seen(ours)[0]["crs"] is not None) == (system not in {"none", "rotated pole"})


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize(("height", "width"), [(512, 7), (513, 7), (1300, 33), (3, 4096), (4096, 5)])
def test_geotiff_of_a_large_chip_has_strips_of_512_rows(dtype, height, width):
    pixels = np.random.default_rng(0).integers(0, 256, (3, height, width)).astype(dtype)
    ours = assert_same_as_gdal(pixels, NORTH_UP, SYSTEMS["utm"])
    tags, strips = parse(ours)
    assert numbers(tags[278]) == [min(512, height)]
    assert len(strips) == -(-height // 512)


def test_geotiff_wider_than_its_template_can_say_is_written_all_the_same():
    pixels = np.ones((1, 2, 70_000), "uint8")
    assert_same_as_gdal(pixels, NORTH_UP, SYSTEMS["utm"])


def test_geotiff_of_pixels_in_any_order_in_memory_is_the_same():
    pixels = np.random.default_rng(0).integers(0, 200, (4, 30, 50)).astype("uint16")
    pixels[:, :, 20:] = 5
    wanted = encode_geotiff(pixels, NORTH_UP, "")
    turned = np.ascontiguousarray(np.moveaxis(pixels, 0, 2))
    assert encode_geotiff(np.moveaxis(turned, 2, 0), NORTH_UP, "") == wanted
    assert encode_geotiff(pixels.astype(">u2"), NORTH_UP, "") == wanted
    assert encode_geotiff(np.repeat(pixels, 2, axis=2)[:, :, ::2], NORTH_UP, "") == wanted


def test_geotiffs_of_several_threads_are_those_of_one():
    random = np.random.default_rng(0)
    chips = [
        (random.integers(0, 255, (bands, 40, 40)).astype(dtype), place, SYSTEMS[system])
        for bands in (1, 3, 4)
        for dtype in ("uint8", "uint16", "float32")
        for place in (NORTH_UP, PLACES[-1])
        for system in ("utm", "custom", "rotated pole")
    ]
    encoding_module._template.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda chip: encode_geotiff(*chip), chips * 3))
    encoding_module._template.cache_clear()
    assert found == [encode_geotiff(*chip) for chip in chips] * 3


def test_geotiff_without_a_usable_template_is_left_to_gdal(monkeypatch):
    def refuse(data):
        raise NotPlainTiffError("of another GDAL")

    monkeypatch.setattr(encoding_module, "read_tags", refuse)
    encoding_module._template.cache_clear()
    try:
        assert_same_as_gdal(np.zeros((1, 20, 20), "uint8"), NORTH_UP, SYSTEMS["utm"])
    finally:
        encoding_module._template.cache_clear()


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("name", ["TIFF", "PNG", "JPEG", "MRF"])
@pytest.mark.parametrize("system", ["utm", "rotated pole"])
def test_chip_of_any_format_keeps_its_place_and_crs(tmp_path, name, system):
    pixels = np.full((3, 16, 24), 90, "uint8")
    chip_format = encoding(name)
    path = tmp_path / f"000000000{chip_format.suffix}"
    chip_format.write(path, pixels, NORTH_UP, SYSTEMS[system])
    with rasterio.open(path) as dataset:
        assert dataset.transform.almost_equals(rasterio.Affine(*NORTH_UP.tuple6()), 1e-9)
        assert dataset.crs == CRS.from_wkt(SYSTEMS[system])
        np.testing.assert_allclose(dataset.read(), pixels, atol=1)
    assert (tmp_path / "000000000.tif.aux.xml").exists() == (name == "TIFF" and system == "rotated pole")


def test_tags_of_a_tiff_come_back_from_a_file_packed_of_them():
    tags = {256: TiffTag.of(256, 3, 7), 700: TiffTag(700, 1, 5, b"abcde"), 33550: TiffTag.of(33550, 12, 1.5, -2, 0)}
    packed = pack_tiff(tags, [b"first", b"the second"])
    assert read_tags(packed) == tags
    assert parse(packed)[1] == [b"first", b"the second"]


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_tags_of_anything_but_a_plain_tiff_are_refused():
    whole = written_by_gdal(np.zeros((1, 20, 20), "uint8"), NORTH_UP, SYSTEMS["utm"])
    for length in range(len(whole)):
        try:
            found = read_tags(whole[:length])
        except NotPlainTiffError:
            continue
        # Only a strip was cut off.
        assert found == read_tags(whole)
    for broken in (b"MM\0*" + whole[4:], b"II+\0" + whole[4:], b"\x89PNG" + whole[4:]):
        with pytest.raises(NotPlainTiffError):
            read_tags(broken)
    with MemoryFile() as memory:
        with memory.open(driver="GTiff", width=64, height=64, count=1, dtype="uint8", tiled=True, blockxsize=16,
                         blockysize=16) as dataset:  # fmt: skip
            dataset.write(np.zeros((1, 64, 64), "uint8"))
        with pytest.raises(NotPlainTiffError):
            read_tags(bytes(memory.getbuffer()))
