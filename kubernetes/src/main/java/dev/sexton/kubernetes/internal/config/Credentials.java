package dev.sexton.kubernetes.internal.config;

import dev.sexton.internal.http.Pem;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// By what a cluster knows this client. Safe for use by multiple threads.
public interface Credentials {
  /// No credentials.
  Credentials NONE =
      new Credentials() {
        @Override
        public @Nullable String token() {
          return null;
        }

        @Override
        public Pem.@Nullable Identity identity() {
          return null;
        }

        @Override
        public String source() {
          return "no credentials";
        }
      };

  /// Returns the bearer token; null if there is none.
  ///
  /// @throws IOException if it cannot be read or obtained; the message says what to do
  @Nullable String token() throws IOException;

  /// Returns the client certificate; null if there is none.
  ///
  /// @throws IOException if it cannot be read or obtained; the message says what to do
  Pem.@Nullable Identity identity() throws IOException;

  /// Forgets what was obtained, because the cluster refused it.
  ///
  /// @return whether another attempt may bring other credentials
  default boolean renew() {
    return false;
  }

  /// Returns where the credentials come from, for messages.
  String source();
}
