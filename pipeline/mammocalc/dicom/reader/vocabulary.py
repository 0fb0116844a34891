"""Words that tell kinds of images, in the languages of archives."""

from __future__ import annotations

from typing import Final

from mammocalc.dicom.reader.free_text import Phrase, phrases

_CORRECTED: Final = (
    "correct*",
    "korrig*",
    "corrig*",
    "applied",
    "apply",
    "norm*",
    "compens*",
    "map",
    "done",
    "process*",
)
"""What follows a step of the detector's calibration that was done to an ordinary image."""
_ASSESSMENT: Final = (
    "bi", "birads", "rads", "density", "densite", "dichte", "category", "kategorie", "typ", "type", "tipo", "class*",
    "a", "b", "c", "d", "i", "ii", "iii", "iv", "v", *map(str, range(7)), "breast",
)  # fmt: skip
"""What follows *ACR* where it names a density or an assessment, and no phantom."""

NAMED_QUALITY_CONTROL: Final[tuple[Phrase, ...]] = (
    *phrases("phantom*", "fantom*", "fantasma*", "phantom", after=("pain", "limb", "sensation*", "schmerz*")),
    *phrases("prufkorper*", "pruefkoerper*", "test object", "testobjekt*", "objet test", "objeto de prueba"),
    *phrases("quality control", "quality assurance", "qualitatssicherung*", "qualitaetssicherung*"),
    *phrases("qualitatskontrolle*", "qualitaetskontrolle*", "konstanzpruf*", "konstanzpruef*", "abnahmepruf*"),
    *phrases("controle de qualidade", "controle de qualite", "controle qualite", "assurance qualite"),
    *phrases("controllo qualita", "controllo di qualita", "controllo della qualita", "control de calidad"),
    *phrases("kwaliteitscontrole", "kwaliteitsborging", "kvalitetskontrol*", "kvalitetssikring", "kontrola jakosci"),
    *phrases("cdmam", "tor mam", "tormam", "tor mas", "cirs", "pmma", "plexiglas*", "plexiglass", "perspex", "lucite"),
    *phrases("фантом*", "контроль качества", "ファントム*", "模体*", "팬텀*", "ομοιωμα*", "maniqui*", "fantoom*"),
    *phrases("testkorper*", "testkoerper*", "laadunvalvonta*", "quality ctrl", "tormax", "tor max", "voxmam"),
    *phrases("gammex", "rmi 152", "rmi 156", "br 3 d", "contrast detail"),
    *phrases("qc weekly", "qc daily", "qc monthly", "weekly qc", "daily qc", "monthly qc", "qc test", "qc image*"),
    *phrases("qa weekly", "qa daily", "qa test", "mammo qc", "qc mammo"),
    *phrases("acr", after=_ASSESSMENT),
)
"""Of phantoms and quality control, also as the name of a *patient*: initials are often QC or QA."""
QUALITY_CONTROL: Final[tuple[Phrase, ...]] = (
    *NAMED_QUALITY_CONTROL,
    *phrases("qc", "qa"),
    *phrases("flat field*", "flatfield*", before=("after", "with"), after=_CORRECTED),
    *phrases("uniformity", "detector calibration", "gain calibration", "artifact evaluation", after=_CORRECTED),
)
SPECIMEN: Final = phrases(
    "specimen*", "especimen*", "especime*", "espcimen*", "praparat", "praparate", "praparatr*", "praparata*",
    "praparatm*", "praeparat", "praeparatr*", "praeparata*", "piece operatoire", "piece d exerese",
    "pieza quirurgica", "pieza operatoria", "peca cirurgica", "peca operatoria", "pezzo operatorio",
    "pezzo chirurgico", "operatiepreparaat", "preparaat", "preparat", "preparatet", "operationspraparat*",
    "операционный материал", "препарат", "標本*", "标本*", "검체*",
)  # fmt: skip
_DETECTOR: Final = ("dark*", "background*", "offset*", "scatter*", "grid*", "noise*", "bias*", "pedestal*", "streu*")
"""What is subtracted from every digital image."""
RECOMBINED: Final[tuple[Phrase, ...]] = (
    *phrases("recombined", "recombination", "recombinee*", "rekombin*", "recombinad*"),
    *phrases("subtract*", "subtrah*", "soustraction", "soustrait*", "sustraccion", before=_DETECTOR, after=_DETECTOR),
    *phrases("high energy", "haute energie", "hochenergie*", "alta energia"),
)
LOW_ENERGY: Final = (
    *phrases("low energy", "low e", "low kv", "le", "basse energie", "niederenergie*"),
    *phrases("cem low", "cesm low", "cedm low", after=("dose",)),
)
CONTRAST: Final = phrases("cem", "cesm", "cedm", "cm mammo*", "contrast*", "kontrast*", "contraste", "dual energy")
NO_AGENT: Final = frozenset(
    {"", "none", "no", "n a", "na", "nil", "n", "0", "false", "non", "kein", "keine", "keines", "aucun", "ninguno",
     "nenhum", "nessuno", "geen", "without", "ohne", "sans", "sin", "unknown", "null", "not applicable", "no contrast"}
)  # fmt: skip
"""What stands in Contrast/Bolus Agent where there was none."""
DENIALS: Final = frozenset({"no", "none", "not", "kein", "keine", "sans", "sin", "without", "ohne"})
"""How longer texts there begin that say the same; *non ionic* is an agent."""
DOCUMENT: Final = phrases(
    "dose report", "dose sr", "dose summary", "dose info*", "dose sheet", "dose record", "patient dose",
    "radiation dose report", "screen save*", "screen shot*", "screenshot*", "screen capture*", "summary",
    "localizer sheet", "report", "cad report", "report page", "scanned document", "consent", "requisition", "worksheet",
)  # fmt: skip
MASK: Final = phrases("mask", "masks", "roi mask*", "maske*", "masque*", "segmentation*", "label map", "ground truth")
CROP: Final = phrases(
    "cropped", "crop", "crops", "patch", "patches", "roi", "rois", "region of interest", "regions of interest"
)
SYNTHETIC: Final = phrases(
    "generated 2 d", "c view", "cview", "v preview", "vpreview", "s view", "intelligent 2 d", "insight 2 d", "synth",
    "synth 2 d", "synthetic*", "synthesized", "synthesised", "synthetisch*", "synthetique*", "sintetic*", "syn 2 d",
)  # fmt: skip
SYNTHETIC_TYPE: Final = (*SYNTHETIC, *phrases("tomo 2 d"))
"""In Image Type alone: a series called *tomo 2D* holds both, volume and ordinary mammogram."""
TOMOSYNTHESIS_TYPE: Final = phrases("tomo*", "dbt", "volume", "slab", "slice")
TOMOSYNTHESIS: Final = phrases("tomo*", "dbt")
PROJECTION: Final = phrases("proj", "projection*", "projektion*")
SLICE: Final = phrases("slice*", "slab*", "recon", "reconstruct*", "rekonstru*", "schicht*", "plane", "planes")
TWO_DIMENSIONAL: Final = phrases("2 d")
STEREOTACTIC: Final = phrases("stereo*")
BIOPSY: Final = phrases(
    "biops*", "mikrobiops*", "microbiops*", "stanzbiops*", "vakuumbiops*", "pre fire*", "prefire*", "post fire*",
    "postfire*", "vacuum", "vab", "vabb", "wire loc*", "needle loc*", "clip placement", "harpon*", "drahtmark*",
)  # fmt: skip
FILM: Final = phrases("film", "films", "filmscan*", "analog*", before=("fuji*", "photo", "konica"))
SCANNER: Final = phrases(
    "lumisys", "howtek", "vidar", "digitizer", "digitiser", "film scan*", "film digiti*", "filmscan*"
)
"""Makers and kinds of film scanners; the word *film* alone is a part of makers' names."""
SPOT_PADDLE: Final = phrases("spot*", "cone*")
MAGNIFICATION_PADDLE: Final = phrases("mag", "magn*", before=("anti",))
BIOPSY_PADDLE: Final = phrases("biops*", "needle*", "stereo*", "loc", "locali*")
