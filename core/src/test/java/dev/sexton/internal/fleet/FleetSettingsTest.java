package dev.sexton.internal.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.internal.http.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests what is read from the environment.
class FleetSettingsTest {
  @Test
  void theVariableNamesEndpointsAndTheFleet() throws IOException {
    FleetSettings settings =
        FleetSettings.of(
            Map.of("SEXTON_FLEET", "etcd://127.0.0.1:2379,localhost:2380,[::1]:2381/prod"));

    assertThat(settings.name()).isEqualTo("prod");
    assertThat(settings.login()).isNull();
    assertThat(settings.endpoints())
        .isEqualTo(
            List.of(
                new Address.Tcp("127.0.0.1", 2379),
                new Address.Tcp("localhost", 2380),
                new Address.Tcp("::1", 2381)));
  }

  @Test
  void anotherMachineIsReachedWithTls() throws IOException {
    FleetSettings settings =
        FleetSettings.of(
            Map.of(
                "SEXTON_FLEET", "etcd://db1.example:2379/prod",
                "SEXTON_FLEET_CERT_PATH", "/certs",
                "SEXTON_FLEET_USER", "me",
                "SEXTON_FLEET_PASSWORD_FILE", "/password"));

    assertThat(settings.endpoints())
        .isEqualTo(
            List.of(
                new Address.Tls(
                    new Address.Tcp("db1.example", 2379),
                    FleetSettings.certificates(Path.of("/certs")))));
    assertThat(settings.login()).isEqualTo(new FleetSettings.Login("me", Path.of("/password")));
  }

  @ParameterizedTest
  @CsvSource({
    "db1.example:2379/prod, is not the address of a fleet",
    "k8s://context/namespace, is not the address of a fleet",
    "etcd://127.0.0.1:2379, is not the address of a fleet",
    "etcd://127.0.0.1:2379/, does not end with the name of a fleet",
    "etcd://127.0.0.1:2379/a*b, does not end with the name of a fleet",
    "etcd://127.0.0.1/prod, has an endpoint without a host or a port",
    "etcd://127.0.0.1:0/prod, has an endpoint without a host or a port",
    "etcd://:2379/prod, has an endpoint without a host or a port",
    "etcd://a b:2379/prod, has an endpoint without a host or a port",
    "etcd://db1.example:2379/prod, leads to another machine",
    "etcd://10.0.0.1:2379/prod, leads to another machine"
  })
  void anythingElseIsRefused(String value, String message) {
    assertThatThrownBy(() -> FleetSettings.of(Map.of("SEXTON_FLEET", value)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SEXTON_FLEET " + message);
  }

  @Test
  void aUserNeedsAPassword() {
    assertThatThrownBy(() ->
            FleetSettings.of(
                Map.of("SEXTON_FLEET", "etcd://127.0.0.1:2379/prod", "SEXTON_FLEET_USER", "me")))
        .hasMessageContaining("SEXTON_FLEET_PASSWORD_FILE");
  }

  @Test
  void withoutTheVariableThereIsNoFleet() {
    assertThat(FleetSettings.isIn(Map.of())).isFalse();
    assertThat(FleetSettings.isIn(Map.of("SEXTON_FLEET", ""))).isFalse();
    assertThat(FleetSettings.isIn(Map.of("SEXTON_FLEET", "x"))).isTrue();
  }
}
