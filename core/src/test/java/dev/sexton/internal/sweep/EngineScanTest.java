package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.StartUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineScanTest {
  @ParameterizedTest
  @EnumSource
  void anOwnersLabelIsReadAsItWasWritten(StartUnit unit) {
    for (String host : new String[] {"", "0f3b", "name:box.example"}) {
      ProcessIdentity owner =
          new ProcessIdentity(
              new Machine(host, "b-o-o-t", "pid:[4026531836]", unit), 4242, 987_654_321);
      assertThat(EngineScan.parseOwner(EngineScan.ownerLabel(owner))).isEqualTo(owner);
    }
  }

  @Test
  void itsFormIsThatOfTheProtocol() {
    assertThat(
            EngineScan.ownerLabel(
                new ProcessIdentity(new Machine("h", "b", "pid:[1]", StartUnit.TICKS), 42, 99)))
        .isEqualTo("1/h/b/pid:[1]/42/99/ticks");
    assertThat(EngineScan.instanceLabel("deephaven-mcp"))
        .isEqualTo("deephaven-mcp-server-instance");
    assertThat(EngineScan.labels("mcp", "ID", null, "/s"))
        .containsExactly(
            java.util.Map.entry("mcp-server-instance", "ID"),
            java.util.Map.entry("sexton.state-dir", "/s"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "x",
        "1/h/b/n/42/99",
        "1/h/b/n/42/99/ticks/",
        "2/h/b/n/42/99/ticks",
        "1/h/b/n/42/99/fortnights",
        "1/h/b/n/42/99/",
        "1/h/b/n/x/99/ticks",
        "1/h/b/n/42/x/ticks",
        "1/h/b/n//99/ticks",
        "1/h/b/n/0/99/ticks",
        "1/h/b/n/-1/99/ticks",
        "1/h/b/n/42/-1/ticks",
        "1/h/b/n/42.0/99/ticks",
        "1/h/b/n/9223372036854775808/99/ticks",
        "1/h/h/b/n/42/99/ticks"
      })
  void whatIsNoneOfOursNamesNobody(String label) {
    assertThat(EngineScan.parseOwner(label)).isNull();
  }

  @Test
  void noLabelNamesNobody() {
    assertThat(EngineScan.parseOwner(null)).isNull();
  }
}
