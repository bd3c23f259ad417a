package dev.sexton;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.GsonBuilder;
import dev.sexton.ResourceReport.EngineReport;
import dev.sexton.ResourceReport.LabelledReport;
import dev.sexton.ResourceReport.ProcessReport;
import dev.sexton.ResourceReport.Result;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.SweepReport.UnclaimedLabelled;
import dev.sexton.SweepReport.UnclaimedProcess;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Tests the keys of each kind of resource, and their order.
class ReportJsonTest {
  private static String json(ResourceReport resource) {
    return new GsonBuilder().serializeNulls().create().toJson(ReportJson.of(resource));
  }

  private static String json(Unclaimed unclaimed) {
    return new GsonBuilder().serializeNulls().create().toJson(ReportJson.of(unclaimed));
  }

  @Test
  void aProcessHasItsTree() {
    assertThat(
            json(
                new ProcessReport(
                    "db", 10, List.of(10L, 11L), new Result(Outcome.STOPPED, "why", 7))))
        .isEqualTo(
            """
            {"kind":"process","name":"db","pid":10,"pids":[10,11],\
            "outcome":"STOPPED","reason":"why","millis":7}\
            """);
  }

  @Test
  void aLabelledResourceHasTheEnginesId() {
    assertThat(
            json(
                new LabelledReport(
                    ResourceKind.VOLUME, "data", "v1", new Result(Outcome.FAILED, "why"))))
        .isEqualTo(
            """
            {"kind":"volume","id":"v1","name":"data",\
            "outcome":"FAILED","reason":"why","millis":0}\
            """);
  }

  @Test
  void anEngineThatCouldNotBeQueriedHasNoId() {
    assertThat(json(new EngineReport(new Result(Outcome.FAILED, "why"))))
        .isEqualTo(
            """
            {"kind":"container","id":null,"name":"(engine)",\
            "outcome":"FAILED","reason":"why","millis":0}\
            """);
  }

  @Test
  void anUnclaimedResourceHasAPidOrAnId() {
    assertThat(json(new UnclaimedProcess(10, "sleep 9", "why")))
        .isEqualTo(
            """
            {"kind":"process","pid":10,"name":"sleep 9","reason":"why"}\
            """);
    assertThat(json(new UnclaimedLabelled(ResourceKind.CONTAINER, "c1", "web", "why")))
        .isEqualTo(
            """
            {"kind":"container","id":"c1","name":"web","reason":"why"}\
            """);
  }
}
