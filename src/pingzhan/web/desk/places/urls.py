"""区域: the tree, grids, buildings."""

from django.urls import path

from pingzhan.web.desk.places import buildings, checks, codes, estates, grids, imports, mergers, proposals, tree

urlpatterns = [
    path("", tree.start, name="places"),
    path("checks/", checks.checks, name="place_checks"),
    path("checks/propose/", checks.propose_all, name="place_propose_all"),
    path("proposals/<uuid:proposal_id>/", proposals.proposal, name="grid_proposal"),
    path("proposals/<uuid:proposal_id>/map/", proposals.proposal_map, name="grid_proposal_map"),
    path("mergers/", mergers.mergers, name="place_mergers"),
    path("imports/", imports.imports, name="place_imports"),
    path("imports/template/<slug:kind>/", imports.import_template, name="place_import_template"),
    path("imports/<uuid:import_id>/", imports.place_import, name="place_import"),
    path("imports/<uuid:import_id>/errors/", imports.import_errors, name="place_import_errors"),
    path("estates/<str:code>/", estates.estate, name="estate"),
    path("<str:code>/", tree.place, name="place"),
    path("<str:code>/buildings/new/", buildings.building_new, name="building_new"),
    path("<str:code>/qr/", codes.qr_codes, name="place_qr"),
    path("<str:code>/edit/", buildings.building_edit, name="building_edit"),
    path("<str:code>/map/", tree.place_map, name="place_map"),
    path("<str:code>/grids/", grids.grids, name="grids"),
    path("<str:code>/grids/map/", grids.grids_map, name="grids_map"),
    path("<str:code>/grids/propose/", grids.propose, name="grids_propose"),
]
