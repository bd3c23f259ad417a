package dev.sexton.docker.internal.engine;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.sexton.docker.ContainerSpec;
import dev.sexton.internal.http.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// The body of a request that creates a container, the API's `ContainerCreate`.
final class CreateRequest {
  private static final double NANOS = 1e9;

  /// The limit of each of three files (see the docs of the json-file driver). Without a limit, a
  /// session with much output fills the disk.
  private static final Map<String, String> LOG_LIMIT = Map.of("max-size", "10m", "max-file", "3");

  private CreateRequest() {}

  /// Translates a spec to JSON.
  ///
  /// @param info the engine's description of itself
  static String of(ContainerSpec spec, JsonObject info) throws IOException {
    JsonObject request = new JsonObject();
    request.addProperty("Image", spec.image());
    addIfAny(request, "Cmd", spec.command());
    addIfAny(request, "Entrypoint", spec.entrypoint());
    request.add("Labels", object(spec.labels()));
    request.add(
        "Env",
        array(
            spec.environment().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList()));
    if (!spec.workingDirectory().isEmpty()) {
      request.addProperty("WorkingDir", spec.workingDirectory());
    }
    JsonObject exposed = new JsonObject();
    spec.ports().forEach(port -> exposed.add(port.containerPort() + "/tcp", new JsonObject()));
    request.add("ExposedPorts", exposed);
    request.add("HostConfig", host(spec, info));
    return request.toString();
  }

  private static JsonObject host(ContainerSpec spec, JsonObject info) throws IOException {
    JsonObject host = new JsonObject();
    host.addProperty("AutoRemove", false); // It would discard exit code and output.
    host.addProperty("Privileged", false);
    host.add("SecurityOpt", array(List.of("no-new-privileges")));
    // Podman fails if its init program is not installed, and reports none. Docker includes one.
    if (spec.init() && !Json.string(info, "InitBinary").isEmpty()) {
      host.addProperty("Init", true);
    }
    host.add("PortBindings", bindings(spec.ports()));
    host.add("Mounts", mounts(spec.mounts()));
    if (spec.memoryBytes() != null) {
      host.addProperty("Memory", spec.memoryBytes());
    }
    if (spec.cpus() != null) {
      host.addProperty("NanoCpus", Math.round(spec.cpus() * NANOS));
    }
    if (spec.pidsLimit() != null) {
      host.addProperty("PidsLimit", spec.pidsLimit());
    }
    // Options without the name of the driver would apply to any driver.
    if (Json.string(info, "LoggingDriver").equals("json-file")) {
      JsonObject log = new JsonObject();
      log.addProperty("Type", "json-file");
      log.add("Config", object(LOG_LIMIT));
      host.add("LogConfig", log);
    }
    return host;
  }

  private static JsonObject bindings(List<ContainerSpec.PortMapping> ports) {
    JsonObject bindings = new JsonObject();
    for (ContainerSpec.PortMapping port : ports) {
      JsonObject binding = new JsonObject();
      binding.addProperty("HostIp", "127.0.0.1");
      binding.addProperty("HostPort", port.hostPort() == 0 ? "" : "" + port.hostPort());
      JsonArray one = new JsonArray();
      one.add(binding);
      bindings.add(port.containerPort() + "/tcp", one);
    }
    return bindings;
  }

  /// Does not use `Binds`, because Docker creates a missing source of those as a directory, as
  /// root.
  private static JsonArray mounts(List<ContainerSpec.Mount> all) {
    JsonArray mounts = new JsonArray();
    for (ContainerSpec.Mount one : all) {
      JsonObject options = new JsonObject();
      options.addProperty("Propagation", "rprivate");
      JsonObject mount = new JsonObject();
      mount.addProperty("Type", "bind");
      mount.addProperty("Source", one.source().toString());
      mount.addProperty("Target", one.target());
      mount.addProperty("ReadOnly", one.readOnly());
      mount.add("BindOptions", options);
      mounts.add(mount);
    }
    return mounts;
  }

  private static void addIfAny(JsonObject request, String key, List<String> words) {
    if (!words.isEmpty()) {
      request.add(key, array(words));
    }
  }

  private static JsonArray array(List<String> words) {
    JsonArray array = new JsonArray();
    words.forEach(array::add);
    return array;
  }

  private static JsonObject object(Map<String, String> map) {
    JsonObject object = new JsonObject();
    map.forEach(object::addProperty);
    return object;
  }
}
