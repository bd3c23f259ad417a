package dev.sexton.mcp.deephaven;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a client asks for of a Deephaven server, in a process or in a container.
///
/// @param options the options of its JVM
/// @param authentication who may use it
/// @param environment the variables that the client gives
public record ServerRequest(
    JvmOptions options, Authentication authentication, Map<String, String> environment) {
  /// Copies the variables and preserves their order.
  public ServerRequest {
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
  }

  /// Omits the environment, which must not appear in logs.
  @Override
  public String toString() {
    return options + ", " + authentication;
  }
}
