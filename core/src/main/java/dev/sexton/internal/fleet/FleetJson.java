package dev.sexton.internal.fleet;

import com.google.gson.JsonObject;
import dev.sexton.InstanceInfo;
import dev.sexton.Liveness;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.Text;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.StartUnit;
import dev.sexton.internal.record.InstanceRecord;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// The entries of the store as JSON. `docs/protocol.md` lists the keys.
final class FleetJson {
  private static final int SCHEMA = 1;

  private FleetJson() {}

  static String write(FleetHost host) {
    return json(host).toString();
  }

  private static JsonObject json(FleetHost host) {
    JsonObject json = new JsonObject();
    json.addProperty("schema", SCHEMA);
    json.addProperty("host_name", host.hostName());
    json.addProperty("user", host.user());
    json.addProperty("host", host.machine().host());
    json.addProperty("boot", host.machine().boot());
    json.addProperty("pid_namespace", host.machine().pidNamespace());
    json.addProperty("unit", host.machine().unit().word());
    return json;
  }

  static String write(FleetInstance instance) {
    JsonObject json = json(instance.seenBy());
    json.addProperty("watcher", instance.seenBy().watcher());
    json.addProperty("application", instance.identity().application());
    json.addProperty("state_dir", instance.identity().stateDirectory().toString());
    json.addProperty("pid", instance.owner().pid());
    json.addProperty("started_at", instance.owner().startedAt());
    json.addProperty("name", Text.forPerson(instance.owner().name()));
    json.addProperty("run", instance.owner().isRun());
    json.addProperty("liveness", instance.state().liveness().name());
    json.addProperty("reason", Text.forPerson(instance.state().reason()));
    return json.toString();
  }

  /// @throws IOException if it is not what [#write(FleetHost)] returns
  static FleetHost readHost(String watcher, String text) throws IOException {
    JsonObject json = Json.object(text);
    if (EtcdJson.number(json, "schema") != SCHEMA) {
      throw new IOException("its schema is not " + SCHEMA);
    }
    return readHost(watcher, json);
  }

  private static FleetHost readHost(String watcher, JsonObject json) throws IOException {
    StartUnit unit = StartUnit.of(Json.string(json, "unit"));
    if (unit == null || !InstanceRecord.isUuid(watcher)) {
      throw new IOException("it does not identify its watcher");
    }
    return new FleetHost(
        watcher,
        Text.forPerson(Json.string(json, "host_name")),
        Text.forPerson(Json.string(json, "user")),
        new Machine(
            Json.string(json, "host"),
            Json.string(json, "boot"),
            Json.string(json, "pid_namespace"),
            unit));
  }

  /// @throws IOException if it is not what [#write(FleetInstance)] returns
  static FleetInstance readInstance(String id, String text) throws IOException {
    JsonObject json = Json.object(text);
    if (EtcdJson.number(json, "schema") != SCHEMA || !InstanceRecord.isUuid(id)) {
      throw new IOException("its schema is not " + SCHEMA + ", or it has no UUID");
    }
    try {
      return new FleetInstance(
          readHost(Json.string(json, "watcher"), json),
          new InstanceInfo.Identity(
              id,
              Text.forPerson(Json.string(json, "application")),
              Path.of(Json.string(json, "state_dir"))),
          new InstanceInfo.Owner(
              EtcdJson.number(json, "pid"),
              Text.forPerson(Json.string(json, "started_at")),
              Text.forPerson(Json.string(json, "name")),
              "",
              Json.string(json, "run").equals("true")),
          new InstanceInfo.State(
              Liveness.valueOf(Json.string(json, "liveness")),
              Text.forPerson(Json.string(json, "reason"))));
    } catch (InvalidPathException invalid) {
      throw new IOException("its directory is not a path here", invalid);
    } catch (IllegalArgumentException invalid) {
      throw new IOException("its liveness is unknown here", invalid);
    }
  }
}
