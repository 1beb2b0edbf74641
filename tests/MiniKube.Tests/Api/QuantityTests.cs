using System.Text.Json;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Tests.Api;

public sealed class QuantityTests
{
    private const string WrongFormat = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    [TestCase("0", "0")]
    [TestCase("0Ki", "0")]
    [TestCase("100m", "100m")]
    [TestCase("0.5", "500m")]
    [TestCase(".5", "500m")]
    [TestCase("1.", "1")]
    [TestCase("1.5", "1500m")]
    [TestCase("1000m", "1")]
    [TestCase("+1", "1")]
    [TestCase("-1", "-1")]
    [TestCase("-1500m", "-1500m")]
    [TestCase("1024Mi", "1Gi")]
    [TestCase("1.5Gi", "1536Mi")]
    [TestCase("1000Ki", "1000Ki")]
    [TestCase("512Ki", "512Ki")]
    [TestCase("0.5Ki", "512")]
    [TestCase("1e3", "1e3")]
    [TestCase("1E3", "1e3")]
    [TestCase("12e4", "120e3")]
    [TestCase("1E", "1E")]
    [TestCase("1Ei", "1Ei")]
    [TestCase("1k", "1k")]
    [TestCase("0.0001", "100u")]
    [TestCase("0.1n", "1n")]
    [TestCase("1.0000000001", "1000000001n")]
    [TestCase(" 5M ", "5M")]
    public void Canonical_text_is_that_of_kubernetes(string text, string canonical)
    {
        var quantity = Quantity.Parse(text);

        Assert.That(quantity.ToString(), Is.EqualTo(canonical));
        Assert.That(Quantity.Parse(canonical), Is.EqualTo(quantity));
    }

    [TestCase("100E")]
    [TestCase("123456789123456789123456789")]
    [TestCase("1e1000000")]
    [TestCase("99999999999999999999999999999999999999999999999999999999999999999999")]
    public void Amounts_above_the_limit_are_cut_to_it(string text)
        => Assert.That(Quantity.Parse(text).Value, Is.EqualTo(long.MaxValue));

    [TestCase("", WrongFormat)]
    [TestCase("abc", WrongFormat)]
    [TestCase("1 Gi", WrongFormat)]
    [TestCase("1Gib", WrongFormat)]
    [TestCase("1..5", WrongFormat)]
    [TestCase("m", "unable to parse numeric part of quantity")]
    [TestCase(".", "unable to parse numeric part of quantity")]
    [TestCase("1K", "unable to parse quantity's suffix")]
    [TestCase("1e", "unable to parse quantity's suffix")]
    [TestCase("1mi", "unable to parse quantity's suffix")]
    public void What_is_not_a_quantity_is_refused_in_the_words_of_kubernetes(string text, string problem)
    {
        var parsed = Quantity.TryParse(text, out _, out var found);

        Assert.That(parsed, Is.False);
        Assert.That(found, Is.EqualTo(problem));
    }

    [TestCase("250m", 250)]
    [TestCase("2", 2000)]
    [TestCase("1u", 1)]
    [TestCase("0.0011", 2)]
    [TestCase("100E", long.MaxValue)]
    public void Cpu_is_counted_in_thousandths_rounded_up(string text, long milli)
        => Assert.That(MilliCpu.Of(new ResourceQuantity(text)).Value, Is.EqualTo(milli));

    [TestCase("128Mi", 134217728)]
    [TestCase("1500m", 2)]
    [TestCase("1G", 1000000000)]
    public void Memory_is_counted_in_bytes_rounded_up(string text, long bytes)
        => Assert.That(Bytes.Of(new ResourceQuantity(text)).Value, Is.EqualTo(bytes));

    [Test]
    public void Sums_and_differences_keep_the_format_of_the_left_side()
    {
        var sum = Quantity.Parse("1Gi") + Quantity.Parse("1024");

        Assert.That(sum.ToString(), Is.EqualTo("1048577Ki"));
        Assert.That((sum - Quantity.Parse("1Gi")).ToString(), Is.EqualTo("1Ki"));
        Assert.That(Quantity.Zero + Quantity.Parse("3Mi"), Is.EqualTo(Quantity.Parse("3Mi")));
    }

    [TestCase("""{"memory":"1.5Gi","cpu":0.5}""", """{"memory":"1536Mi","cpu":"500m"}""")]
    [TestCase("""{"cpu":-1}""", """{"cpu":"-1"}""")]
    public void Objects_carry_quantities_in_canonical_form(string json, string expected)
    {
        var limits = JsonSerializer.Deserialize<V1ResourceRequirements>($$"""{"limits":{{json}}}""", ObjectJson.Options);

        Assert.That(JsonSerializer.Serialize(limits, ObjectJson.Options), Is.EqualTo($$"""{"limits":{{expected}}}"""));
    }
}
