using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Decoding;

public sealed class StrictDecoderTests
{
    private const string Prefix = "Deployment in version \"v1\" cannot be handled as a Deployment: ";

    [Test]
    public void A_good_body_comes_out_typed_with_its_kind_filled_in()
    {
        var decoded = Decode<ConfigMapResource>("""{"metadata":{"name":"a"},"data":{"k":"v"}}""", FieldValidation.Strict);

        var map = (V1ConfigMap)decoded.Item;
        Assert.That((map.ApiVersion, map.Kind, map.Data["k"]), Is.EqualTo(("v1", "ConfigMap", "v")));
        Assert.That(decoded.Warnings, Is.Empty);
    }

    [Test]
    public void Every_unknown_and_repeated_field_is_named_with_its_path()
    {
        const string body = """
            {"metadata":{"name":"a","labels":{"x":"1","x":"2"}},
             "spec":{"replicass":3,"replicas":1,"replicas":2,"template":{"spec":{"containers":[{"name":"a"},{"imag":{"deep":[1]}}]}}}}
            """;

        var failure = Refused<DeploymentResource>(body);

        Assert.That(failure.Message, Is.EqualTo(Prefix + "strict decoding error: duplicate field \"metadata.labels.x\", "
            + "unknown field \"spec.replicass\", duplicate field \"spec.replicas\", "
            + "unknown field \"spec.template.spec.containers[1].imag\""));
    }

    [Test]
    public void Unknown_fields_are_dropped_with_a_warning_when_asked()
    {
        var warned = Decode<ConfigMapResource>("""{"metadata":{"name":"a"},"dta":{}}""", FieldValidation.Warn);
        var silent = Decode<ConfigMapResource>("""{"metadata":{"name":"a"},"dta":{}}""", FieldValidation.Ignore);

        Assert.That(warned.Warnings, Is.EqualTo(new[] { "unknown field \"dta\"" }));
        Assert.That(silent.Warnings, Is.Empty);
    }

    [TestCase("""{"Metadata":{}}""", "unknown field \"Metadata\"")]
    [TestCase("""{"spec":{"replicas":"3"}}""",
        "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [TestCase("""{"spec":{"replicas":1.5}}""",
        "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [TestCase("""{"spec":{"replicas":99999999999}}""", "json: cannot unmarshal number 99999999999")]
    [TestCase("""{"spec":[]}""", "json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec")]
    [TestCase("""{"spec":{"template":{"spec":{"containers":{}}}}}""",
        "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container")]
    [TestCase("""{"metadata":{"labels":{"a":1}}}""",
        "json: cannot unmarshal number 1 into Go struct field ObjectMeta.metadata.labels.a of type string")]
    [TestCase("""{"spec":{"paused":"yes","replicas":"3"}}""", "paused of type bool, json: cannot unmarshal string")]
    [TestCase("""{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":"1x"}}}]}}}}""",
        "field \"spec.template.spec.containers[0].resources.limits.cpu\": quantities must match the regular expression")]
    [TestCase("""{"metadata":{"creationTimestamp":"yesterday"}}""", "field \"metadata.creationTimestamp\": expected a time in RFC 3339")]
    public void Wrong_values_are_refused_with_their_path(string body, string part)
    {
        var failure = Refused<DeploymentResource>(body);

        Assert.That(failure.Message, Does.StartWith(Prefix).And.Contains(part));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("{}}")]
    [TestCase("nonsense")]
    [TestCase("""{"metadata":{"name":"\ud800"}}""")]
    [TestCase("""{"metadata":{"labels":{"\ud800":"a"}}}""")]
    [TestCase("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [TestCase("3")]
    [TestCase("\"text\"")]
    public void What_is_not_an_object_in_json_is_a_bad_request(string body)
        => Assert.That(Refused<DeploymentResource>(body).Code, Is.EqualTo(400));

    [Test]
    public void Bytes_that_are_not_utf8_are_a_bad_request()
    {
        byte[] body = [.. "{\"metadata\":{\"name\":\""u8, 0xff, 0xfe, .. "\"}}"u8];

        var failure = Assert.Throws<ApiException>(
            () => StrictDecoder.Decode(new ConfigMapResource(), body, FieldValidation.Strict))!;

        Assert.That(failure.Code, Is.EqualTo(400));
    }

    [Test]
    public void Bad_base64_names_its_field()
    {
        var failure = Refused<SecretResource>("""{"metadata":{"name":"a"},"data":{"password":"%%%"}}""");

        Assert.That(failure.Message, Does.Contain("field \"data.password\": illegal base64 data"));
    }

    [TestCase("""{"kind":"Pod","apiVersion":"v1"}""", "Pod in version \"v1\" cannot be handled as a ConfigMap")]
    [TestCase("""{"kind":"ConfigMap","apiVersion":"v2"}""",
        "the API version in the data (v2) does not match the expected API version (v1)")]
    public void A_body_of_another_kind_is_refused(string body, string message)
        => Assert.That(Refused<ConfigMapResource>(body).Message, Does.StartWith(message));

    [Test]
    public void Null_stands_for_the_zero_value_even_inside_maps_and_lists()
    {
        var map = (V1ConfigMap)Decode<ConfigMapResource>("""{"metadata":null,"data":{"a":null}}""", FieldValidation.Strict).Item;
        var pod = (V1Pod)Decode<PodResource>(
            """{"spec":{"containers":[null,{"args":[null],"ports":[{"containerPort":null}]}]}}""", FieldValidation.Strict).Item;

        Assert.That(map.Data["a"], Is.Empty);
        Assert.That(map.Metadata, Is.Not.Null);
        Assert.That(pod.Spec.Containers[0], Is.Not.Null);
        Assert.That(pod.Spec.Containers[1].Args, Is.EqualTo(new[] { "" }));
        Assert.That(pod.Spec.Containers[1].Ports[0].ContainerPort, Is.Zero);
    }

    private static DecodedObject Decode<T>(string body, FieldValidation validation)
        where T : ResourceDefinition, new()
        => StrictDecoder.Decode(new T(), Encoding.UTF8.GetBytes(body), validation);

    private static ApiException Refused<T>(string body)
        where T : ResourceDefinition, new()
        => Assert.Throws<ApiException>(() => Decode<T>(body, FieldValidation.Strict))!;
}
