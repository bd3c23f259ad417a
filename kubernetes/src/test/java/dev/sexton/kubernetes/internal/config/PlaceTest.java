package dev.sexton.kubernetes.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PlaceTest {
  private static Place.All in(String value) {
    return Place.in(Map.of(Place.VARIABLE, value));
  }

  @Test
  void withoutTheVariableThereIsNoPlace() {
    assertThat(Place.in(Map.of())).isEqualTo(in("")).isEqualTo(in(" , "));
    assertThat(in("").places()).isEmpty();
    assertThat(in("").invalid()).isEmpty();
  }

  @Test
  void aContextMayContainSlashes() {
    assertThat(in("dev/a, arn:aws:eks:eu:1:cluster/x/b,dev/a").places())
        .containsExactly(new Place("dev", "a"), new Place("arn:aws:eks:eu:1:cluster/x", "b"));
  }

  @Test
  void whatNamesNoPlaceIsReported() {
    Place.All all = in("dev,dev/,/a,dev/A,dev/a b,dev/b");
    assertThat(all.places()).containsExactly(new Place("dev", "b"));
    assertThat(all.invalid()).containsExactly("dev", "dev/", "/a", "dev/A", "dev/a b");
  }
}
