"""Former settings that are constants now: a configuration that names one gets a message."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_NAMES: Final = {
    "spacing": "magnification_view_above contradiction_share square_share",
    "normalise": """
        blur_mm hot_pixel_mm hot_pixel_share hot_pixel_sigma noise_floor noise_levels noise_window_share
        uncalibrated_pixel_mm
    """,
    "breast": """
        cell_mm background_share background_sigma bridge_mm smallest_side_mm smallest_area_share image_margin_mm
        skin_margin_mm
    """,
    "landmarks": """
        pectoral_contrast pectoral_least_contrast pectoral_range_from_skin_mm pectoral_tube_mm
        pectoral_seen_contrast pectoral_uneven_mm pectoral_least_confidence nipple_disc_mm nipple_reach_mm
        nipple_bump_mm nipple_least_confidence
    """,
    "enhance": "lengths_mm pixels_mm angles",
    "detect": "candidate_sigma directions separation_mm min_score",
    "classify": """
        trees_up_to_mm most presence_members presence_circle_mm strength_half_sigma coarse_half_sigma
        supported_half_sigma coarse_least_sigma coarse_edge_half_sigma strength_step_sigma
    """,
    "film": """
        blur_mm hot_pixel_share background_share image_margin_mm candidate_sigma coarse_half_sigma
        coarse_edge_half_sigma presence_members
    """,
    "foreign": "metal_over_share metal_flat_share metal_flank_mm metal_area_mm2 areola_radius_mm",
    "measure": """
        level merge_share background_length_mm body_reaches_mm body_min_length_mm body_min_gain
        body_min_solidity body_max_haze_mm body_min_evenness body_shortest_mm body_longest_mm finer_share
        longest_share near_skin_mm
    """,
    "vessels": """
        reach_mm min_length_mm min_count half_width_mm max_share_beside elongated min_alignment
        min_elongated_share track_gap_mm min_track_share min_track_clarity complete_track_share some_track_share
        short_track_share min_track_count min_track_agreement min_plaque_mm min_rail_count max_unevenness
        max_widening min_shared min_rail_alignment min_tube_clarity min_clear_share min_tube_length_mm
        very_clear duct_length_mm duct_axis_degrees tube_sigma_mm grow_mm grow_tracks_mm grow_tube_mm
    """,
    "morphology": """
        min_across_px softness unlikely min_linear_px popcorn_min_lobulation popcorn_max_lucency
        popcorn_max_elongation rod_min_length_mm rod_min_elongation linear_max_curl rim_min_lucency
        rim_min_share rim_min_solidity rim_max_wall_mm rim_min_length_mm eggshell_max_wall_share
        suture_min_path_mm suture_max_ribbon_mm suture_max_solidity skin_max_length_mm round_max_out_of_round
        fine_linear_min_elongation amorphous_min_haze_mm amorphous_max_contrast group_min_assessable
        group_min_share group_half group_min_linear group_min_linear_count group_min_path_share powder_min_share
        powder_min_count
    """,
    "group": "reach_factor shortest_reach_mm longest_reach_mm",
    "pattern": "thinning_mm cover_mm straight_mm rim_mm",
    "distribution": """
        max_chance linear_min_elongation linear_max_width_mm linear_min_line_share segmental_max_axis_degrees
        segmental_max_span_degrees segmental_min_ratio segmental_never_beyond_degrees segmental_least_ratio
        diffuse_min_clusters diffuse_min_hull_share_of_clusters similar_max_extent_ratio coarse_min_diameter_mm
        region_min_share compact_min_share stands_out_min_share stands_out_min_times thin_region_min_share
        linear_max_miss_mm artery_near_mm tolerance
    """,
    "overlay": "quality max_enlargement surround_mm gap_mm inset_gap_mm inset_enlargement labels thumbnail_side_px",
}

NOW_CONSTANT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {section: tuple(names.split()) for section, names in _NAMES.items()}
)
"""Their names by section. What no user can know is a constant with its reason, beside its use in its stage."""
