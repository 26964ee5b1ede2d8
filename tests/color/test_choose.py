"""Which color space a plate is in, and why."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from penumbra.codec import read_header
from penumbra.color import choose_space, open_config
from penumbra.color.known import KNOWN
from penumbra.errors import InputError
from penumbra.image import Attribute
from tests.color.configs import AP1, RELATED, RELATED_ROLES, SRGB, exr_header, oiio_header, write_config

LINEAR, SRGB_TEXTURE = "Linear Rec.709 (sRGB)", "sRGB Encoded Rec.709 (sRGB)"


def of_exr(folder, config, dtype=np.float16, asked=None, name="a.exr", **header):
    return choose_space(config, asked, *exr_header(folder, dtype, name, **header))


# --- the person's word


@pytest.mark.parametrize(
    ("asked", "space"),
    [
        ("ACEScg", "ACEScg"),
        ("acescg", "ACEScg"),
        ("ACES - ACEScg", "ACEScg"),
        ("lin_ap1", "ACEScg"),
        ("lin_ap1_scene", "ACEScg"),
        ("scene_linear", "ACEScg"),
        ("compositing_log", "ACEScct"),
        ("ACES2065-1", "ACES2065-1"),
        ("ap0", "ACES2065-1"),
        ("linear", LINEAR),
        ("Linear", LINEAR),
        ("lin_rec709", LINEAR),
        ("srgb", SRGB_TEXTURE),
        ("sRGB", SRGB_TEXTURE),
        ("srgb_tx", SRGB_TEXTURE),
        ("LogC3", "ARRI LogC3 (EI800)"),
        ("logc", "ARRI LogC3 (EI800)"),
        ("AlexaV3LogC", "ARRI LogC3 (EI800)"),
        ("ARRI LogC4", "ARRI LogC4"),
        ("LogC4", "ARRI LogC4"),
        ("S-Log3", "S-Log3 S-Gamut3"),
        ("slog3", "S-Log3 S-Gamut3"),
        ("S-Log3.Cine", "S-Log3 S-Gamut3.Cine"),
        ("s-log3 / s-gamut3.cine", "S-Log3 S-Gamut3.Cine"),
        ("Log3G10", "Log3G10 REDWideGamutRGB"),
        ("V-Log", "V-Log V-Gamut"),
        ("vlog", "V-Log V-Gamut"),
        ("Canon Log 3", "CanonLog3 CinemaGamut D55"),
        ("Apple Log", "Apple Log"),
        ("raw", "Raw"),
    ],
)
def test_when_a_person_names_a_space_then_it_is_found_however_it_is_written(tmp_path, studio, asked, space):
    chosen = of_exr(tmp_path, studio, asked=asked, chromaticities=AP1)
    assert chosen.space == space
    assert chosen.reason == ("as asked" if asked == space else f"asked for as {asked}")


def test_when_the_studio_configuration_is_used_then_every_known_space_is_in_it_once(studio):
    spaces = [known.within(studio) for known in KNOWN]
    assert None not in spaces
    assert len(set(spaces)) == len(KNOWN)


def test_when_an_older_configuration_is_used_then_the_common_words_hold_too(tmp_path):
    old = open_config("ocio://studio-config-v1.0.0_aces-v1.3_ocio-v2.1")
    words = ("ACEScg", "lin_ap0_scene", "linear", "srgb", "LogC3", "LogC4", "S-Log3", "Log3G10", "V-Log")
    spaces = [of_exr(tmp_path, old, asked=word).space for word in words]
    assert spaces[:4] == ["ACEScg", "ACES2065-1", "Linear Rec.709 (sRGB)", "sRGB - Texture"]
    assert spaces[4:6] == ["ARRI LogC3 (EI800)", "ARRI LogC4"]
    assert spaces[6:] == ["S-Log3 S-Gamut3", "Log3G10 REDWideGamutRGB", "V-Log V-Gamut"]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("ACESgc", "ACEScg"), ("logC 5", "ARRI LogC"), ("linear rec2021", "Linear Rec.2020"), ("slog4", "S-Log3")],
)
def test_when_a_space_is_unknown_then_close_ones_are_said_and_where_all_are(tmp_path, studio, asked, meant):
    with pytest.raises(InputError) as caught:
        of_exr(tmp_path, studio, asked=asked)
    said = str(caught.value)
    assert said.startswith(f"The color space {asked!r} is not known to the OCIO configuration {studio.name}.")
    assert "Did you mean " in said
    assert meant in said
    assert said.endswith(f"All {len(studio.spaces)} are listed by: penumbra info {studio.name}")


@pytest.mark.parametrize("asked", ["xyzzy", "", "---", "sRGB - Curve"])
def test_when_nothing_comes_close_then_the_list_is_said_all_the_same(tmp_path, studio, asked):
    with pytest.raises(InputError) as caught:
        of_exr(tmp_path, studio, asked=asked)
    assert str(caught.value).endswith(f"All {len(studio.spaces)} are listed by: penumbra info {studio.name}")


def test_when_the_configuration_is_one_s_own_then_its_names_aliases_and_roles_count(tmp_path):
    config = open_config(str(write_config(tmp_path)))
    spaces = [
        of_exr(tmp_path, config, asked=word).space
        for word in ("film", "HLIN", "House-Linear", "scene_linear", "linear", "srgb")
    ]
    assert spaces == ["film", "house linear", "house linear", "house linear", "house linear", "sRGB"]
    with pytest.raises(InputError, match=r"not known to the OCIO configuration .*config.ocio"):
        of_exr(tmp_path, config, asked="ACEScg")


# --- the header


@pytest.mark.parametrize(
    ("tag", "space"),
    [
        ("lin_ap1_scene", "ACEScg"),
        ("lin_ap0_scene", "ACES2065-1"),
        ("lin_rec709_scene", LINEAR),
        ("srgb_rec709_scene", SRGB_TEXTURE),
        ("ocio:arrilogc3_awg3_scene", "ARRI LogC3 (EI800)"),
        ("Linear", LINEAR),
        ("scene_linear", LINEAR),
    ],
)
def test_when_an_exr_names_its_space_then_it_is_that_one_whatever_its_chromaticities(tmp_path, studio, tag, space):
    chosen = of_exr(tmp_path, studio, colorInteropID=tag, chromaticities=AP1)
    assert chosen.space == space
    assert chosen.reason == f"the file's header says {tag}"


def test_when_an_exr_names_a_space_that_is_unknown_then_it_is_said_and_its_chromaticities_count(tmp_path, studio):
    chosen = of_exr(tmp_path, studio, colorInteropID="house:grade", chromaticities=AP1)
    assert chosen.space == "ACEScg"
    assert chosen.reason == (
        f"the file's header says house:grade, which {studio.name} does not have; the file's chromaticities"
    )


def test_when_an_exr_is_an_aces_container_then_it_is_aces(tmp_path, studio):
    assert of_exr(tmp_path, studio, acesImageContainerFlag=1).space == "ACES2065-1"


@pytest.mark.parametrize(
    "known", [known for known in KNOWN if known.chromaticities], ids=lambda known: known.interop_id
)
def test_when_an_exr_has_chromaticities_then_its_space_is_found(tmp_path, studio, known):
    nearly = tuple(value + 4e-4 for value in known.chromaticities)
    for values in (known.chromaticities, nearly):
        chosen = of_exr(tmp_path, studio, np.float32, chromaticities=values, colorInteropID="unknown")
        assert chosen.space == known.within(studio)
        assert chosen.reason == "the file's chromaticities"


def test_when_chromaticities_are_those_of_no_space_then_they_are_said(tmp_path, studio):
    odd = (0.7, 0.3, *AP1[2:])
    chosen = of_exr(tmp_path, studio, chromaticities=odd)
    assert chosen.space == LINEAR
    assert "chromaticities (0.7 0.3 0.165 0.83 0.128 0.044 0.3217 0.3377) are not those of any known" in chosen.reason


def test_when_the_configuration_lacks_the_space_of_the_chromaticities_then_it_is_said(tmp_path):
    config = open_config(str(write_config(tmp_path)))
    chosen = of_exr(tmp_path, config, chromaticities=AP1)
    assert chosen.space == "house linear"
    assert f"chromaticities are those of lin_ap1_scene, which {config.name} does not have; half" in chosen.reason


# --- file rules


def test_when_a_file_rule_of_one_s_own_fits_then_it_counts_after_the_header(tmp_path):
    config = open_config(str(write_config(tmp_path)))
    chosen = of_exr(tmp_path, config, name="plate_scan.1001.exr")
    assert chosen.space == "film"
    assert chosen.reason == f"the file rule Scans of {config.name}"
    assert of_exr(tmp_path, config, name="plate_scan.1001.exr", colorInteropID="Linear").space == "house linear"
    assert of_exr(tmp_path, config, name="plate_scan.1001.exr", asked="raw").space == "raw"


def test_when_both_chromaticities_and_a_file_rule_fit_then_the_file_counts(tmp_path):
    config = open_config(str(write_config(tmp_path, more="  - !<ColorSpace> {name: lin_ap1}\n")))
    assert of_exr(tmp_path, config, name="plate_scan.1001.exr", chromaticities=AP1).space == "lin_ap1"


def test_when_only_the_default_rule_fits_then_the_kind_of_file_decides(tmp_path):
    config = open_config(str(write_config(tmp_path)))
    chosen = of_exr(tmp_path, config)
    assert chosen.space == "house linear"
    assert "rule" not in chosen.reason


def test_when_a_rule_s_name_is_not_there_then_the_kind_decides(tmp_path):
    path = write_config(tmp_path)
    path.write_text(path.read_text().replace("colorspace: film}", "colorspace: sepia}"))
    assert of_exr(tmp_path, open_config(str(path)), name="a_scan.exr").space == "house linear"


def test_when_a_configuration_holds_any_exr_for_aces_then_that_is_no_word_on_this_one(tmp_path):
    path = write_config(tmp_path, SRGB + RELATED, RELATED_ROLES)
    text = path.read_text()
    any_exr = 'name: EXR, extension: exr, pattern: "*", colorspace: '
    path.write_text(text.replace('name: Scans, extension: exr, pattern: "*_scan*", colorspace: film', any_exr + "ap0"))
    assert of_exr(tmp_path, open_config(str(path))).space == "house linear"
    path.write_text(text.replace('name: Scans, extension: exr, pattern: "*_scan*", colorspace: film', any_exr + "film"))
    assert of_exr(tmp_path, open_config(str(path))).space == "film"


# --- the kind of file


@pytest.mark.parametrize(("dtype", "word"), [(np.float16, "half"), (np.float32, "float")])
def test_when_an_exr_says_nothing_then_it_is_linear_and_the_built_in_rules_do_not_count(tmp_path, studio, dtype, word):
    chosen = of_exr(tmp_path, studio, dtype)
    assert chosen.space == LINEAR
    assert chosen.reason.startswith(f"{word} openexr files hold scene-linear light, and Rec.709 is EXR's standard")
    assert "--colorspace" in chosen.reason


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_when_a_file_has_8_bits_then_it_is_srgb(tmp_path, studio, name):
    Image.fromarray(np.full((4, 4, 3), 100, np.uint8)).save(tmp_path / name)
    assert choose_space(studio, None, read_header(tmp_path / name), tmp_path / name).space == SRGB_TEXTURE


@pytest.mark.parametrize(
    ("name", "kind", "space"),
    [
        ("a.png", "uint16", SRGB_TEXTURE),
        ("a.tif", "uint16", SRGB_TEXTURE),
        ("a.tif", "float", LINEAR),
        ("a.hdr", "float", LINEAR),
    ],
)
def test_when_other_kinds_say_nothing_then_integers_are_srgb_and_floats_linear(tmp_path, studio, name, kind, space):
    assert choose_space(studio, None, *oiio_header(tmp_path / name, kind)).space == space


def test_when_an_8_bit_file_has_chromaticities_then_it_is_not_taken_for_linear(tmp_path, studio):
    header, path = oiio_header(tmp_path / "a.tif", "uint8")
    header = replace(header, metadata=(*header.metadata, Attribute("chromaticities", "float[8]", AP1)))
    assert choose_space(studio, None, header, path).space == SRGB_TEXTURE


@pytest.mark.parametrize("transfer", ["Undefined", "Logarithmic", "Printing density"])
def test_when_a_dpx_says_nothing_clear_then_it_is_said_to_be_a_guess_and_what_to_do(tmp_path, studio, transfer):
    chosen = choose_space(studio, None, *oiio_header(tmp_path / "a.dpx", "uint16", dpx__Transfer=transfer))
    assert chosen.space == SRGB_TEXTURE
    assert f"a guess, as the dpx header's word is {transfer}: if it is a log scan" in chosen.reason
    for word in ("ADX10", "LogC3", "LogC4", "S-Log3", "Log3G10", "V-Log"):
        assert word in chosen.reason
        assert of_exr(tmp_path, studio, asked=word).space in studio.spaces


def test_when_a_dpx_says_linear_then_it_is(tmp_path, studio):
    chosen = choose_space(studio, None, *oiio_header(tmp_path / "a.dpx", "uint16", dpx__Transfer="Linear"))
    assert chosen.space == LINEAR


def test_when_one_s_own_configuration_has_no_srgb_then_an_8_bit_file_needs_a_word(tmp_path):
    config = open_config(str(write_config(tmp_path, more="")))
    header, path = oiio_header(tmp_path / "a.png", "uint8")
    with pytest.raises(InputError, match=r"no space that is called sRGB\. Say it with --colorspace") as caught:
        choose_space(config, None, header, path)
    assert caught.value.path == path
    assert choose_space(config, "film", header, path).space == "film"


def test_when_one_s_own_configuration_has_no_scene_linear_then_an_exr_needs_a_word(tmp_path):
    path = write_config(tmp_path)
    path.write_text(path.read_text().replace(", scene_linear: house linear", ""))
    with pytest.raises(InputError, match="has no role scene_linear"):
        of_exr(tmp_path, open_config(str(path)))
