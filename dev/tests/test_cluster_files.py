"""The files of conf/cluster agree with each other; nothing is run, as that takes Docker."""

from xml.etree import ElementTree

import yaml

from dev.stack.services.state import ROOT

FOLDER = ROOT / "conf" / "cluster"
COMPOSE = yaml.safe_load((FOLDER / "compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
REPLICAS = {name: service for name, service in SERVICES.items() if name != "keeper"}
SERVER = ElementTree.parse(FOLDER / "server.xml").getroot()
KEEPER = ElementTree.parse(FOLDER / "keeper.xml").getroot().find("keeper_server")


def test_replicas_are_the_hosts_of_the_cluster_and_differ_in_their_macro():
    hosts = [host.text for host in SERVER.findall("remote_servers/main/shard/replica/host")]
    assert hosts == list(REPLICAS) == [service["hostname"] for service in REPLICAS.values()]
    macro = SERVER.find("macros/replica").get("from_env")
    assert len({service["environment"][macro] for service in REPLICAS.values()}) == len(hosts)


def test_variables_that_the_configuration_takes_are_given_to_every_server():
    taken = {element.get("from_env") for element in SERVER.iter() if element.get("from_env")}
    assert taken == {"REPLICA", "CLUSTER_SECRET"}
    for service in REPLICAS.values():
        assert taken <= set(service["environment"])


def test_servers_find_the_keeper_and_the_keeper_itself():
    node = SERVER.find("zookeeper/node")
    assert node.find("host").text == SERVICES["keeper"]["hostname"] == "keeper"
    assert node.find("port").text == KEEPER.find("tcp_port").text
    member = KEEPER.find("raft_configuration/server")
    assert member.find("id").text == KEEPER.find("server_id").text
    assert member.find("hostname").text == SERVICES["keeper"]["hostname"]


def test_mounted_files_are_there_volumes_are_named_and_ports_are_of_this_machine_only():
    versions = set()
    for service in SERVICES.values():
        versions.add(service["image"].partition(":")[2])
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert (FOLDER / source).is_file() if "/" in source else source in COMPOSE["volumes"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert len(versions) == 1
    keeps = SERVICES["keeper"]["volumes"][1].partition(":")[2]
    for path in ("log_storage_path", "snapshot_storage_path"):
        assert KEEPER.find(path).text.startswith(keeps + "/")
