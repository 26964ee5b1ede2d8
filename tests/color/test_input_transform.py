"""From a plate's encoding to the working space: the curves of the cameras, matrices, and what a header then says."""

import shutil
import threading

import numpy as np
import pytest

from penumbra.color import choose_space, open_config, open_input
from penumbra.color.known import KNOWN
from penumbra.errors import FileError, InputError
from penumbra.image import Attribute
from tests.color.configs import (
    AP1,
    RELATED,
    RELATED_ROLES,
    SRGB,
    converted,
    exr_header,
    input_of,
    oiio_header,
    write_config,
    write_table,
)

LINEAR, ACESCG = "Linear Rec.709 (sRGB)", "ACEScg"

# --- the curves, written down a second time from their makers' papers: code -> scene-linear


def logc3(v):
    """ARRI, ALEXA Log C Curve (2017), EI 800, scene exposure."""
    return np.where(
        v > 5.367655 * 0.010591 + 0.092809, (10 ** ((v - 0.385537) / 0.247190) - 0.052272) / 5.555556,
        (v - 0.092809) / 5.367655,
    )  # fmt: skip


def logc4(v):
    """ARRI LogC4 Logarithmic Color Space Specification (2022)."""
    a, b, c = (2**18 - 16) / 117.45, (1023 - 95) / 1023, 95 / 1023
    s = 7 * np.log(2) * 2 ** (7 - 14 * c / b) / (a * b)
    t = (2 ** (14 * -c / b + 6) - 64) / a
    return np.where(v >= 0, (2 ** (14 * (v - c) / b + 6) - 64) / a, v * s + t)


def slog3(v):
    """Sony, Technical Summary for S-Gamut3.Cine/S-Log3 and S-Gamut3/S-Log3."""
    end = 171.2102946929
    return np.where(
        v >= end / 1023, 10 ** ((v * 1023 - 420) / 261.5) * (0.18 + 0.01) - 0.01,
        (v * 1023 - 95) * 0.01125 / (end - 95),
    )  # fmt: skip


def log3g10(v):
    """RED, White Paper on REDWideGamutRGB and Log3G10 (2017)."""
    return np.where(v < 0, v / 15.1927, (10 ** (np.maximum(v, 0) / 0.224282) - 1) / 155.975327) - 0.01


def vlog(v):
    """Panasonic, V-Log/V-Gamut Reference Manual (2014)."""
    return np.where(v < 0.181, (v - 0.125) / 5.6, 10 ** ((v - 0.598206) / 0.241514) - 0.00873)


def srgb(v):
    """IEC 61966-2-1, but for its line near black, which meets the curve smoothly here as OCIO's does."""
    end = 0.055 / 1.4
    return np.where(v <= end, v / end * ((end + 0.055) / 1.055) ** 2.4, ((v + 0.055) / 1.055) ** 2.4)


CURVES = [
    ("LogC3", "lin_arri_wide_gamut_3", logc3, 0.391007),
    ("LogC4", "lin_arri_wide_gamut_4", logc4, 0.278396),
    ("S-Log3", "lin_sgamut3", slog3, 420 / 1023),
    ("S-Log3.Cine", "lin_sgamut3cine", slog3, 420 / 1023),
    ("Log3G10", "lin_redwidegamutrgb", log3g10, 1 / 3),
    ("V-Log", "lin_vgamut", vlog, 0.423311),
    ("srgb", "lin_rec709", srgb, 0.461356),
]


@pytest.mark.parametrize(("space", "own_linear", "curve", "gray_code"), CURVES, ids=[row[0] for row in CURVES])
def test_when_codes_go_through_a_curve_then_its_maker_s_formula_gives_the_same(
    space, own_linear, curve, gray_code, studio
):
    way = input_of(studio, space, own_linear)
    codes = np.linspace(0, 1, 4001)
    assert curve(np.float64(gray_code)) == pytest.approx(0.18, abs=1e-5)
    assert converted(way, gray_code)[0] == pytest.approx([0.18] * 3, abs=2e-5)
    got = converted(way, *codes).astype(np.float64)
    np.testing.assert_allclose(got, np.repeat(curve(codes)[:, None], 3, axis=1), rtol=1.2e-5, atol=1e-6)
    assert (np.diff(got[:, 1]) > 0).all()


def test_when_codes_are_srgb_then_the_standard_s_formula_is_as_near_as_3_in_10000(studio):
    codes = np.linspace(0, 1, 4001)
    expected = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    np.testing.assert_allclose(converted(input_of(studio, "srgb"), *codes)[:, 0], expected, rtol=3e-4, atol=1e-6)


def test_when_gray_is_gray_in_a_camera_s_logarithm_then_it_is_gray_in_acescg(studio):
    for space, _, _, code in CURVES:
        way = input_of(studio, space, "ACEScg")
        assert converted(way, code)[0] == pytest.approx([0.18] * 3, rel=2e-4), space


# --- matrices


def test_when_acescg_goes_to_rec709_then_the_matrix_is_the_academy_s(studio):
    way = input_of(studio, "ACEScg")
    published = ((1.70505, -0.62179, -0.08326), (-0.13026, 1.14080, -0.01055), (-0.02400, -0.12897, 1.15297))
    np.testing.assert_allclose(way.matrix, published, atol=1e-4)
    there = input_of(studio, "lin_rec709", "ACEScg")
    np.testing.assert_allclose(converted(there, (1, 0, 0), (0, 1, 0), (0, 0, 1)).T @ way.matrix, np.eye(3), atol=1e-5)


def rec709_from(chromaticities):
    """By the primaries' xy and Bradford's adaptation to D65 (SMPTE RP 177; Lindbloom)."""

    def xyz(x, y):
        return np.array([x / y, 1, (1 - x - y) / y])

    def to_xyz(values):
        primaries = np.stack([xyz(*values[i : i + 2]) for i in (0, 2, 4)], axis=1)
        return primaries * np.linalg.solve(primaries, xyz(*values[6:]))

    cone = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    rec709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
    scale = np.diag((cone @ xyz(*rec709[6:])) / (cone @ xyz(*chromaticities[6:])))
    return np.linalg.inv(to_xyz(rec709)) @ np.linalg.inv(cone) @ scale @ cone @ to_xyz(chromaticities)


@pytest.mark.parametrize(
    "known", [known for known in KNOWN if known.chromaticities], ids=lambda known: known.interop_id
)
def test_when_primaries_are_known_then_they_give_the_configuration_s_matrix(known, studio):
    way = input_of(studio, known.interop_id)
    # ARRI and Sony go to ACES' white by CAT02 and not by Bradford, which is 0.006 apart.
    np.testing.assert_allclose(way.matrix, rec709_from(known.chromaticities), atol=7e-3)


# --- the working space


@pytest.mark.parametrize(
    ("plate", "working", "is_display_referred"),
    [
        ("linear", LINEAR, False),
        ("ACEScg", ACESCG, False),
        ("ACES2065-1", "ACES2065-1", False),
        ("lin_arri_wide_gamut_4", "Linear ARRI Wide Gamut 4", False),
        ("raw", "Raw", False),
        ("srgb", LINEAR, True),
        ("rec709_camera", LINEAR, True),
        ("srgb_display", LINEAR, True),
        ("g24_rec709_display", LINEAR, True),
        ("srgb_displayp3", ACESCG, True),
        ("srgb_encoded_ap1", ACESCG, True),
        ("LogC3", ACESCG, False),
        ("ACEScct", ACESCG, False),
        ("ADX10", ACESCG, False),
        ("Rec.2100-PQ - Display", ACESCG, False),
    ],
)
def test_when_no_working_space_is_asked_for_then_it_follows_from_the_plate(plate, working, is_display_referred, studio):
    way = input_of(studio, plate)
    assert (way.working_space, way.is_display_referred) == (working, is_display_referred)


def test_when_a_working_space_is_asked_for_then_it_is_delivered(studio):
    assert input_of(studio, "srgb", "acescg").working_space == ACESCG
    assert input_of(studio, "LogC3", "linear").working_space == LINEAR
    red = converted(input_of(studio, "linear", "ACEScg"), (1, 0, 0))[0]
    assert red == pytest.approx([0.6131, 0.0702, 0.0206], abs=1e-4)


@pytest.mark.parametrize("asked", ["LogC3", "srgb"])
def test_when_the_working_space_is_not_linear_then_it_is_refused(asked, studio):
    with pytest.raises(InputError, match="not scene-linear, and mattes are premultiplied in linear light"):
        input_of(studio, "ACEScg", asked)


def test_when_the_working_space_is_no_color_then_it_is_refused_for_a_plate_that_is_one(studio):
    with pytest.raises(InputError, match="The working space Raw holds no color, and the plate is ARRI LogC3"):
        input_of(studio, "LogC3", "Raw")
    assert input_of(studio, "Raw", "Raw").working_space == "Raw"


def test_when_the_configuration_is_one_s_own_then_a_display_s_picture_becomes_its_scene_linear(tmp_path, studio):
    config = open_config(str(write_config(tmp_path, SRGB + RELATED, RELATED_ROLES)))
    for plate in ("srgb", "film"):
        way = input_of(config, plate)
        assert (way.working_space, way.is_display_referred) == ("house linear", plate == "srgb")
    # The house works in ACEScg: the configuration does not name it, but says how its spaces relate to others.
    np.testing.assert_allclose(way.matrix, input_of(studio, "ACEScg").matrix, atol=1e-5)
    assert way.notices == ()


def test_when_one_s_own_configuration_relates_to_no_other_then_the_view_takes_it_for_rec709(tmp_path):
    config = open_config(str(write_config(tmp_path)))
    way = input_of(config, "film")
    assert way.matrix == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    (notice,) = way.notices
    assert "does not say how house linear relates" in notice
    np.testing.assert_allclose(converted(way, 0.25, 0.5, 0.75)[:, 0], [0.1, 0.2, 2.1], rtol=1e-6)


def test_when_one_s_own_configuration_names_rec709_then_its_own_way_there_is_taken(tmp_path):
    matrix = "[0.5, 0.5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]"
    rec709 = f"  - !<ColorSpace> {{name: lin_rec709, from_scene_reference: !<MatrixTransform> {{matrix: {matrix}}}}}\n"
    way = input_of(open_config(str(write_config(tmp_path, rec709))), "linear")
    assert way.matrix == ((0.5, 0.5, 0), (0, 1, 0), (0, 0, 1))
    assert way.notices == ()


def test_when_a_linear_space_of_one_s_own_is_scaled_then_it_is_left_alone_or_converted_as_asked(tmp_path):
    config = open_config(str(write_config(tmp_path)))
    assert input_of(config, "half as bright").working_space == "half as bright"
    way = input_of(config, "half as bright", "linear")
    assert converted(way, 0.5)[0].tolist() == [1, 1, 1]


def test_when_pixels_are_no_color_then_one_s_own_configuration_leaves_them_too(tmp_path):
    way = input_of(open_config(str(write_config(tmp_path))), "raw")
    assert (way.working_space, way.matrix) == ("raw", ((1, 0, 0), (0, 1, 0), (0, 0, 1)))


def test_when_a_table_is_missing_then_it_shows_before_the_first_frame(tmp_path):
    config = open_config(str(write_config(tmp_path)))
    chosen = choose_space(config, "gone", *exr_header(tmp_path))
    with pytest.raises(FileError, match=r"cannot be used: .*gone.spi1d.* could not be located") as caught:
        open_input(config, chosen)
    assert "\n" not in str(caught.value)


def test_when_a_space_that_seems_linear_ends_somewhere_then_it_is_said(tmp_path):
    broken = (
        "  - !<ColorSpace> {name: short, to_scene_reference: !<RangeTransform> {max_in_value: 20, max_out_value: 20}}\n"
    )
    config = open_config(str(write_config(tmp_path, broken + RELATED, RELATED_ROLES)))
    with pytest.raises(FileError, match=r"holds short for linear, but leads from it to Rec\.709 by more than a matrix"):
        input_of(config, "short")


def test_when_encoded_pixels_have_nowhere_to_go_then_it_is_said(tmp_path):
    path = write_config(tmp_path)
    path.write_text(path.read_text().replace(", scene_linear: house linear", ""))
    with pytest.raises(InputError, match=r"film is not scene-linear, and .* has no role scene_linear"):
        input_of(open_config(str(path)), "film")


# --- pixels


def test_when_the_plate_is_in_the_working_space_then_it_is_the_same_array(studio):
    wild = np.array([[[np.nan, np.inf, -np.inf], [3.4e38, -3.4e38, 1e-45]]], np.float32)
    for space in ("linear", "ACEScg", "raw"):
        assert input_of(studio, space).to_working(wild) is wild
    assert input_of(studio, "lin_ap1", "ACEScg").to_working(wild) is wild


@pytest.mark.parametrize("space", ["srgb", "LogC4", "ACES2065-1", "Canon Log 3", "ADX10"])
def test_when_pixels_are_no_numbers_then_they_are_none_afterwards_and_their_neighbors_are(space, studio):
    way = input_of(studio, space, "ACEScg")
    rgb = np.full((2, 3, 3), 0.4, np.float32)
    clean = way.to_working(rgb)
    rgb[0, 0, 1], rgb[0, 1, 0], rgb[1, 2, 2] = np.nan, np.inf, -np.inf
    before = rgb.copy()
    got = way.to_working(rgb)
    np.testing.assert_array_equal(rgb, before)
    np.testing.assert_array_equal(got[~np.isfinite(rgb)], rgb[~np.isfinite(rgb)])
    np.testing.assert_array_equal(got[np.isfinite(rgb).all(axis=2)], clean[np.isfinite(rgb).all(axis=2)])


def test_when_pixels_do_not_lie_in_a_row_then_the_result_is_the_same(studio):
    way = input_of(studio, "LogC3")
    rgb = np.random.default_rng(0).random((40, 50, 3), np.float32)
    np.testing.assert_array_equal(way.to_working(rgb[4:20, 7:33]), way.to_working(rgb)[4:20, 7:33])


def test_when_many_threads_convert_at_once_then_each_gets_the_same_bits(studio):
    way = input_of(studio, "LogC3")
    plates = [np.random.default_rng(seed).random((64, 333, 3), np.float32) for seed in range(8)]
    alone = [way.to_working(plate) for plate in plates]
    together: list[np.ndarray] = [np.empty(0)] * 8

    def work(index):
        for _ in range(5):
            together[index] = way.to_working(plates[index])

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


# --- the header of what is delivered


OTHER = Attribute("owner", "string", "me")
REC709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)


def entries(way, header):
    """Those on color, and `OTHER`."""
    names = ("colorinteropid", "oiio:colorspace", "chromaticities", "owner")
    found = way.header_entries((OTHER, *header.metadata))
    assert len({entry.name.lower() for entry in found}) == len(found), "an entry is there twice"
    return {
        entry.name: pytest.approx(entry.value, abs=1e-6) if isinstance(entry.value, tuple) else entry.value
        for entry in found
        if entry.name.lower() in names
    }


TAGGED_ACESCG = {"colorInteropID": "lin_ap1_scene", "chromaticities": AP1}
TAGGED_REC709 = {"colorInteropID": "lin_rec709_scene", "chromaticities": REC709}
ODD = {"chromaticities": (0.7, 0.3, *AP1[2:])}


@pytest.mark.parametrize(
    ("header", "asked", "working", "expected"),
    [
        # Untouched and taken for linear: nothing is claimed, and what is not understood stays.
        ({}, None, None, {}),
        ({}, "linear", None, {}),
        (ODD, None, None, ODD),
        ({"chromaticities": REC709}, "linear", None, {"chromaticities": REC709}),
        # Untouched and known.
        ({"chromaticities": AP1}, None, None, TAGGED_ACESCG),
        ({"colorInteropID": "lin_ap1_scene"}, None, None, TAGGED_ACESCG | {"oiio:ColorSpace": "lin_ap1_scene"}),
        (TAGGED_ACESCG, None, None, TAGGED_ACESCG | {"oiio:ColorSpace": "lin_ap1_scene"}),
        ({}, "ACEScg", None, TAGGED_ACESCG),
        # Untouched, but not what the file says.
        (TAGGED_ACESCG, "lin_rec709", None, {}),
        (TAGGED_REC709, "ACEScg", None, TAGGED_ACESCG),
        ({"colorInteropID": "srgb_rec709_scene", "chromaticities": AP1}, "linear", None, {}),
        ({"colorInteropID": "srgb_rec709_scene"} | ODD, "linear", None, ODD),
        (TAGGED_ACESCG, "raw", None, {"colorInteropID": "data"}),
        # Converted.
        ({"colorInteropID": "ocio:arrilogc3_awg3_scene", "chromaticities": REC709}, None, None, TAGGED_ACESCG),
        ({"chromaticities": AP1}, None, "linear", TAGGED_REC709),
        (ODD, None, "ACEScg", TAGGED_ACESCG),
    ],
)
def test_when_a_matte_is_written_then_its_header_is_true_of_its_color(
    tmp_path, header, asked, working, expected, studio
):
    file, path = exr_header(tmp_path, **header)
    way = open_input(studio, choose_space(studio, asked, file, path), working)
    got = entries(way, file)
    assert got.pop("owner") == "me"
    assert got == expected


def test_when_a_screen_s_picture_becomes_linear_then_its_header_says_so(tmp_path, studio):
    file, path = oiio_header(tmp_path / "a.png", "uint8")
    way = open_input(studio, choose_space(studio, None, file, path))
    expected = {"owner": "me", "colorInteropID": "lin_rec709_scene", "chromaticities": REC709}
    assert entries(way, file) == expected


@pytest.mark.parametrize("header", [{}, ODD, {"chromaticities": AP1}, TAGGED_REC709])
def test_when_what_was_chosen_is_asked_for_the_next_time_then_the_header_is_the_same(tmp_path, header, studio):
    file, path = exr_header(tmp_path, **header)
    chosen = choose_space(studio, None, file, path)
    again = choose_space(studio, chosen.space, file, path)
    first, second = (open_input(studio, one).header_entries(file.metadata) for one in (chosen, again))
    assert first == second


def test_when_one_s_own_space_is_not_known_elsewhere_then_nothing_is_claimed(tmp_path):
    config = open_config(str(write_config(tmp_path)))
    file, path = exr_header(tmp_path, chromaticities=AP1)
    assert entries(open_input(config, choose_space(config, "film", file, path)), file) == {"owner": "me"}


# --- the digest


def test_when_spaces_differ_then_so_do_the_digests(studio):
    ways = [("linear", None), ("ACEScg", None), ("srgb", None), ("srgb", "ACEScg"), ("LogC3", None)]
    digests = [input_of(studio, *way).digest for way in ways]
    assert len(set(digests)) == len(digests)
    assert digests[0] == input_of(studio, "lin_rec709").digest


def film_digest(folder):
    return input_of(open_config(str(folder / "config.ocio")), "film").digest


def test_when_one_s_own_configuration_lies_elsewhere_then_the_digest_is_the_same(tmp_path):
    write_config(tmp_path / "here")
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    assert film_digest(tmp_path / "here") == film_digest(tmp_path / "there")


def test_when_a_table_of_it_changes_then_so_does_the_digest(tmp_path):
    write_config(tmp_path / "here")
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    write_table(tmp_path / "there" / "luts" / "a.spi1d", 0.21)
    assert film_digest(tmp_path / "here") != film_digest(tmp_path / "there")


def test_when_a_shot_s_variable_chooses_another_table_then_the_digest_is_another(tmp_path, monkeypatch):
    write_config(tmp_path)
    plain = film_digest(tmp_path)
    monkeypatch.setenv("SHOT", "b")
    assert film_digest(tmp_path) != plain
