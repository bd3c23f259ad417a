package dev.sexton.kubernetes.internal.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A program that obtains credentials, such as a cloud's login (`users[].user.exec`). It runs when
/// credentials are first needed, when they expire and when the cluster refuses them. It never gets
/// a terminal.
final class ExecPlugin implements Credentials {
  /// Logins ask a server of their own. kubectl has no limit here.
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final List<String> VERSIONS =
      List.of("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1");

  private final String source;
  private final String version;
  private final PluginProcess process;
  private @Nullable Obtained obtained;

  /// What the program printed.
  ///
  /// @param token the bearer token; empty for none
  /// @param identity the certificate; null for none
  /// @param expires when it becomes invalid; null if that is not known
  private record Obtained(
      String token, Pem.@Nullable Identity identity, @Nullable Instant expires) {
    boolean isValid() {
      return expires == null || Instant.now().isBefore(expires);
    }
  }

  private ExecPlugin(String source, String version, PluginProcess process) {
    this.source = source;
    this.version = version;
    this.process = process;
  }

  /// Reads the plugin of a user. Starts nothing.
  static ExecPlugin of(ConfigEntry user, ConfigEntry cluster, Map<String, String> environment)
      throws IOException {
    try {
      JsonObject exec = Json.object(user.content(), "exec");
      String version = Json.string(exec, "apiVersion");
      if (!VERSIONS.contains(version)) {
        throw new IOException("apiVersion \"" + version + "\" of exec is not one of " + VERSIONS);
      }
      if (Json.string(exec, "interactiveMode").equals("Always")) {
        throw new IOException("exec needs a terminal (interactiveMode: Always)");
      }
      List<String> command = new ArrayList<>();
      command.add(program(Json.string(exec, "command"), user.directory()));
      for (JsonElement argument : Json.array(exec, "args")) {
        command.add(argument.getAsString());
      }
      Map<String, String> variables = new HashMap<>(environment);
      for (JsonElement element : Json.array(exec, "env")) {
        JsonObject variable = element.getAsJsonObject();
        variables.put(Json.string(variable, "name"), Json.string(variable, "value"));
      }
      variables.put("KUBERNETES_EXEC_INFO", info(version, exec, cluster));
      return new ExecPlugin(
          "the " + user.source(), version, new PluginProcess(command, variables, LIMIT));
    } catch (IOException | IllegalStateException | UnsupportedOperationException invalid) {
      throw user.problem(String.valueOf(invalid.getMessage()));
    }
  }

  /// Like kubectl: a path with a slash starts at the kubeconfig, a name is looked up in `PATH`.
  private static String program(String command, Path directory) throws IOException {
    if (command.isEmpty()) {
      throw new IOException("exec has no command");
    }
    return command.indexOf('/') < 0 ? command : directory.resolve(command).toString();
  }

  /// Returns what the program is told in `KUBERNETES_EXEC_INFO`.
  private static String info(String version, JsonObject exec, ConfigEntry cluster)
      throws IOException {
    JsonObject spec = new JsonObject();
    spec.addProperty("interactive", false);
    if ("true".equals(Json.string(exec, "provideClusterInfo"))) {
      JsonObject about = new JsonObject();
      about.addProperty("server", cluster.require("server"));
      for (String key : List.of("tls-server-name", "certificate-authority-data")) {
        String value = cluster.text(key);
        if (value != null) {
          about.addProperty(key, value);
        }
      }
      spec.add("cluster", about);
    }
    JsonObject info = new JsonObject();
    info.addProperty("kind", "ExecCredential");
    info.addProperty("apiVersion", version);
    info.add("spec", spec);
    return info.toString();
  }

  @Override
  public @Nullable String token() throws IOException {
    String token = current().token();
    return token.isEmpty() ? null : token;
  }

  @Override
  public Pem.@Nullable Identity identity() throws IOException {
    return current().identity();
  }

  @Override
  public synchronized boolean renew() {
    obtained = null;
    return true;
  }

  @Override
  public String source() {
    return source;
  }

  private synchronized Obtained current() throws IOException {
    Obtained known = obtained;
    if (known == null || !known.isValid()) {
      try {
        known = read(process.run());
      } catch (IOException failed) {
        throw new IOException(
            "exec of " + source + " failed: " + failed.getMessage() + "; log in again", failed);
      }
      obtained = known;
    }
    return known;
  }

  private Obtained read(String output) throws IOException {
    JsonObject credential = Json.object(output);
    if (!Json.string(credential, "kind").equals("ExecCredential")
        || !Json.string(credential, "apiVersion").equals(version)) {
      throw new IOException("it did not print an ExecCredential of " + version);
    }
    JsonObject status = Json.object(credential, "status");
    String token = Json.string(status, "token");
    String certificate = Json.string(status, "clientCertificateData");
    String key = Json.string(status, "clientKeyData");
    if (certificate.isEmpty() != key.isEmpty() || (token.isEmpty() && key.isEmpty())) {
      throw new IOException("it printed neither a token nor a certificate with its key");
    }
    return new Obtained(
        token,
        key.isEmpty()
            ? null
            : new Pem.Identity(
                new Pem.Source("clientCertificateData of " + source, certificate),
                new Pem.Source("clientKeyData of " + source, key)),
        expires(Json.string(status, "expirationTimestamp")));
  }

  private static @Nullable Instant expires(String timestamp) throws IOException {
    try {
      return timestamp.isEmpty() ? null : Instant.parse(timestamp);
    } catch (DateTimeParseException invalid) {
      throw new IOException("\"" + timestamp + "\" is not a time", invalid);
    }
  }
}
