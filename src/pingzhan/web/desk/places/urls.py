"""区域: the tree, grids, buildings."""

from django.urls import path

from pingzhan.web.desk.places import checks, grids, proposals, tree

urlpatterns = [
    path("", tree.start, name="places"),
    path("checks/", checks.checks, name="place_checks"),
    path("checks/propose/", checks.propose_all, name="place_propose_all"),
    path("proposals/<uuid:proposal_id>/", proposals.proposal, name="grid_proposal"),
    path("proposals/<uuid:proposal_id>/map/", proposals.proposal_map, name="grid_proposal_map"),
    path("<str:code>/", tree.place, name="place"),
    path("<str:code>/map/", tree.place_map, name="place_map"),
    path("<str:code>/grids/", grids.grids, name="grids"),
    path("<str:code>/grids/map/", grids.grids_map, name="grids_map"),
    path("<str:code>/grids/propose/", grids.propose, name="grids_propose"),
]
