"""GraphML, GEXF and GML: the file's ids, weights and labels; damage and traps are refused."""

import gzip
import sys

import networkx as nx
import pytest

from varigraph.errors import FileContentError, MissingExtraError
from varigraph.graphs.files import read_graph_file

ENDINGS = ["graphml", "gexf", "gml"]
WRITERS = {"graphml": nx.write_graphml, "gexf": nx.write_gexf, "gml": nx.write_gml}
GRAPHML = """<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="w" for="edge" attr.name="weight" attr.type="double"><default>2.5</default></key>
<graph edgedefault="undirected">
<node id="a"/>
<node id="b"/>
<node id="c"/>
<edge source="a" target="b"/>
<edge source="b" target="c"><data key="w">4</data></edge>
</graph>
</graphml>
"""
GML = 'graph [\n node [ id 1 label "a" ]\n node [ id 2 label "b" ]\n edge [ source 1 target 2 ]\n]\n'


def document(folder, content, name):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def written(folder, graph, ending):
    WRITERS[ending](graph, folder / f"graph.{ending}")
    return folder / f"graph.{ending}"


@pytest.mark.parametrize("ending", ENDINGS)
def test_names_weights_labels_and_isolated_nodes_come_through(tmp_path, ending):
    graph = nx.Graph(name="other")
    graph.add_node("z", team="x")
    graph.add_node("Köln", team="y")
    graph.add_node("007", team="x")
    graph.add_edge("z", "007", weight=0.5)
    read = read_graph_file(written(tmp_path, graph, ending), label_column="team")
    assert read.ids.tolist() == ["007", "Köln", "z"]
    assert read.edges.tolist() == [[0, 2]]
    assert (read.weights.tolist(), read.labels.tolist(), read.name) == ([0.5], ["x", "y", "x"], "graph")
    assert read_graph_file(written(tmp_path, graph, ending), use_weights=False).weights is None


@pytest.mark.parametrize("ending", ENDINGS)
def test_ids_are_integers_when_all_are_canonical_integers(tmp_path, ending):
    assert read_graph_file(written(tmp_path, nx.Graph([(10, 9)]), ending)).ids.tolist() == [9, 10]
    mixed = nx.Graph([("10", "9"), ("9", "07")])
    assert read_graph_file(written(tmp_path, mixed, ending)).ids.tolist() == ["07", "10", "9"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("kind", [nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_directions_and_parallel_edges_are_dropped_and_counted(tmp_path, ending, kind):
    graph = kind([("a", "b"), ("b", "a"), ("b", "c"), ("c", "c")])
    read = read_graph_file(written(tmp_path, graph, ending))
    assert (read.ids.tolist(), read.edges.tolist()) == (["a", "b", "c"], [[0, 1], [1, 2]])
    assert read.dropped.duplicates + read.dropped.reversed == 1
    assert read.dropped.self_loops == 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_another_attribute_can_be_the_weight_and_a_misspelt_one_is_corrected(tmp_path, ending):
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=2.0, strength=7.0)
    path = written(tmp_path, graph, ending)
    assert read_graph_file(path, weight_column="strength").weights.tolist() == [7]
    with pytest.raises(FileContentError, match=r"No edge of .* 'strenght'. Did you mean 'strength'"):
        read_graph_file(path, weight_column="strenght")
    with pytest.raises(FileContentError, match=r"No node of .* an attribute 'team'"):
        read_graph_file(path, label_column="team")


def test_an_edge_without_a_weight_has_the_default_that_the_file_states(tmp_path):
    assert read_graph_file(document(tmp_path, GRAPHML, "a.graphml")).weights.tolist() == [2.5, 4]


def test_gzip_is_unpacked(tmp_path):
    path = document(tmp_path, gzip.compress(GRAPHML.encode(), mtime=0), "a.graphml.gz")
    assert read_graph_file(path).ids.tolist() == ["a", "b", "c"]


def test_a_gml_file_that_lists_an_edge_twice_or_has_no_labels_is_read(tmp_path):
    twice = GML.replace("]\n]", "]\n edge [ source 2 target 1 ]\n]")
    assert read_graph_file(document(tmp_path, twice, "a.gml")).ids.tolist() == ["a", "b"]
    bare = GML.replace(' label "a"', "")
    assert read_graph_file(document(tmp_path, bare, "a.gml")).ids.tolist() == [1, 2]
    same = GML.replace('"b"', '"a"')
    assert read_graph_file(document(tmp_path, same, "a.gml")).ids.tolist() == [1, 2]


BOMB = """<?xml version="1.0"?>
<!DOCTYPE graphml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph><node id="&b;&c;"/></graph></graphml>
"""
BAD = {
    "entities": (BOMB, "a.graphml", "Line 2 of .* declares a document type"),
    "entities in UTF-16": (
        BOMB.replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"),
        "a.gexf",
        "Line 2 of .* declares a document type",
    ),
    "cut off": (GRAPHML[:-30], "a.graphml", "Line 9 of .* is no sound XML"),
    "no XML": ("source,target\n", "a.graphml", "Line 1 of .* is no sound XML: syntax error"),
    "another XML": ("<html></html>", "a.graphml", "cannot be read as GraphML"),
    "another XML as GEXF": ("<html></html>", "a.gexf", "cannot be read as GEXF"),
    "edge without an end": (GRAPHML.replace(' target="b"', ""), "a.graphml", "Line 8 of .* without a target"),
    "edge with a blank end": (GRAPHML.replace('target="b"', 'target=" "'), "a.graphml", "Line 8 of"),
    "edge of nobody": (GRAPHML.replace('target="b"', 'target="x"'), "a.graphml", "line 8 of .* node 'x'"),
    "node twice": (GRAPHML.replace('id="c"', 'id="a"'), "a.graphml", "Line 7 of .* repeats the node id 'a'"),
    "node without an id": (GRAPHML.replace(' id="c"', ""), "a.graphml", "Line 7 of .* a node without an id"),
    "two graphs": (GRAPHML.replace("</graphml>", "<graph/></graphml>"), "a.graphml", "begins a second graph"),
    "weight negative": (
        GRAPHML.replace(">4<", ">-4<"),
        "a.graphml",
        r"'weight' of the edge \('b', 'c'\) is -4",
    ),
    "weight text": (GRAPHML.replace(">4<", ">x<"), "a.graphml", "cannot be read as GraphML: .*'x'"),
    "gml cut off": (GML[:30], "a.gml", "cannot be read as GML: expected"),
    "gml of nobody": (GML.replace("target 2", "target 3"), "a.gml", "undefined target 3"),
    "gml node twice": (GML.replace("id 2", "id 1"), "a.gml", "node id 1 is duplicated"),
    "gml not UTF-8": (GML.replace('"b"', '"é"').encode("latin-1"), "a.gml", "Line 3 of .* is not UTF-8"),
    "gml that nests without end": ("graph [ " + "a [ " * 5000, "a.gml", "cannot be read as GML"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_document_is_refused_with_file_place_and_reason(tmp_path, case):
    content, name, message = BAD[case]
    with pytest.raises(FileContentError, match=message) as caught:
        read_graph_file(document(tmp_path, content, name))
    assert name in str(caught.value)


def test_without_networkx_the_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingExtraError, match=r"GraphML files .* python -m pip install networkx"):
        read_graph_file(document(tmp_path, GRAPHML, "a.graphml"))
