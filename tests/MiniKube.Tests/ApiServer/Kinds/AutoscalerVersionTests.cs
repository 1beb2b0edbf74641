using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Kinds;

/// <summary>What <c>autoscaling/v1</c> has no fields for goes into annotations and comes back out of them.</summary>
public sealed class AutoscalerVersionTests
{
    private readonly HorizontalPodAutoscalerV1Resource _old = new();
    private readonly HorizontalPodAutoscalerResource _new = new();

    [Test]
    public void Every_metric_behavior_and_condition_survives_the_old_version()
    {
        var stored = _new.Decode(Encoding.UTF8.GetBytes(Everything));

        var again = _old.Decode(_old.Encode(stored));

        again.ApiVersion = stored.ApiVersion;
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(_new.Encode(again)), JsonNode.Parse(Everything)), Is.True,
            Encoding.UTF8.GetString(_new.Encode(again)));
    }

    [Test]
    public void The_old_version_shows_the_share_of_processor_time_as_a_field_and_the_rest_as_annotations()
    {
        var shown = JsonNode.Parse(_old.Encode(_new.Decode(Encoding.UTF8.GetBytes(Everything))))!;

        Assert.That((string?)shown["apiVersion"], Is.EqualTo("autoscaling/v1"));
        Assert.That((int?)shown["spec"]!["targetCPUUtilizationPercentage"], Is.EqualTo(70));
        Assert.That((int?)shown["status"]!["currentCPUUtilizationPercentage"], Is.EqualTo(12));
        Assert.That(shown["metadata"]!["annotations"]!.AsObject().Select(one => one.Key), Is.EqualTo(new[]
        {
            "autoscaling.alpha.kubernetes.io/behavior", "autoscaling.alpha.kubernetes.io/conditions",
            "autoscaling.alpha.kubernetes.io/current-metrics", "autoscaling.alpha.kubernetes.io/metrics", "mine",
        }));
        Assert.That((string?)shown["metadata"]!["annotations"]!["autoscaling.alpha.kubernetes.io/metrics"],
            Does.StartWith("""[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"64Mi"}},"""));
    }

    [Test]
    public void An_annotation_that_cannot_be_read_counts_as_none()
    {
        var item = (V2HorizontalPodAutoscaler)_old.Decode("""
            {"metadata":{"name":"a","annotations":{"autoscaling.alpha.kubernetes.io/metrics":"{","keep":"x"}},"spec":{"maxReplicas":1}}
            """u8);

        Assert.That(item.Spec.Metrics, Is.Null);
        Assert.That(item.Metadata.Annotations, Is.EqualTo(new Dictionary<string, string> { ["keep"] = "x" }));
    }

    private const string Everything = """
        {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"annotations":{"mine":"1"},"name":"web"},
         "spec":{"behavior":{"scaleDown":{"policies":[{"periodSeconds":15,"type":"Percent","value":100}],"selectPolicy":"Max"}},
          "maxReplicas":5,"metrics":[
          {"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"64Mi"}}},
          {"type":"ContainerResource",
           "containerResource":{"container":"app","name":"cpu","target":{"type":"Utilization","averageUtilization":9}}},
          {"type":"Pods","pods":{"metric":{"name":"hits"},"target":{"type":"AverageValue","averageValue":"1k"}}},
          {"type":"Object","object":{"describedObject":{"apiVersion":"v1","kind":"Service","name":"s"},
           "metric":{"name":"rps","selector":{"matchLabels":{"a":"b"}}},
           "target":{"type":"Value","value":"10"}}},
          {"type":"External","external":{"metric":{"name":"queue"},"target":{"type":"AverageValue","averageValue":"30"}}},
          {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}}],
          "minReplicas":2,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}},
         "status":{
          "conditions":[{"lastTransitionTime":"2026-01-01T00:00:00Z","message":"m","reason":"r","status":"True","type":"AbleToScale"}],
          "currentMetrics":[{"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":12,"averageValue":"120m"}}}],
          "currentReplicas":2,"desiredReplicas":3}}
        """;
}
