using MiniKube.Cel;

namespace MiniKube.Tests.Cel;

/// <summary>What is found in an expression before there are values.</summary>
public sealed class CheckTests
{
    private static readonly CelEnvironment Environment = new("self");

    private static readonly CelShape Item = CelShape.ObjectOf(static name => name switch
    {
        "name" => CelShape.String,
        "port" => CelShape.Int,
        _ => null,
    });

    private static readonly CelShape Self = CelShape.ObjectOf(static name => name switch
    {
        "count" => CelShape.Int,
        "share" => CelShape.Double,
        "name" => CelShape.String,
        "since" => CelShape.Timestamp,
        "any" => CelShape.Dynamic,
        "namespace" => CelShape.String,
        "items" => CelShape.ListOf(Item),
        "labels" => CelShape.MapOf(CelShape.String),
        _ => null,
    });

    [TestCase("self.count > 1 && self.share <= 0.5", "bool")]
    [TestCase("self.count + 1", "int")]
    [TestCase("self.name + 'x'", "string")]
    [TestCase("self.items.all(i, i.port > 0 && i.name.startsWith('a'))", "bool")]
    [TestCase("self.items.filter(i, i.port > 1).map(i, i.name)", "list(string)")]
    [TestCase("self.labels.all(k, k.size() < 5 && self.labels[k] != '')", "bool")]
    [TestCase("has(self.any.deep.down) || self.any.other == 3", "bool")]
    [TestCase("self.since + duration('1h') < timestamp('2030-01-01T00:00:00Z')", "bool")]
    [TestCase("self.__namespace__ == 'a'", "bool")]
    [TestCase("self.count == null", "bool")]
    [TestCase("self.name in ['a', 'b']", "bool")]
    [TestCase("size(self.items) == 0 ? 'none' : self.items[0].name", "string")]
    [TestCase("self.?any.orValue(1)", "dyn")]
    [TestCase("sets.contains(self.items.map(i, i.name), ['a'])", "bool")]
    public void An_expression_that_may_be_right_has_a_type(string expression, string type)
        => Assert.That(Environment.Check(expression, Self).Name, Is.EqualTo(type));

    [TestCase("self.cuont > 1", "ERROR: <input>:1:5: undefined field 'cuont'")]
    [TestCase("has(self.cuont)", "ERROR: <input>:1:9: undefined field 'cuont'")]
    [TestCase("self.items.all(i, i.prot > 0)", "ERROR: <input>:1:20: undefined field 'prot'")]
    [TestCase("self.name.first == 'a'", "ERROR: <input>:1:10: type 'string' does not support field selection")]
    [TestCase("self.count == 'a'", "ERROR: <input>:1:12: found no matching overload for '_==_' applied to '(int, string)'")]
    [TestCase("self.count + self.share > 1.0", "ERROR: <input>:1:12: found no matching overload for '_+_' applied to '(int, double)'")]
    [TestCase("self.name < 3", "ERROR: <input>:1:11: found no matching overload for '_<_' applied to '(string, int)'")]
    [TestCase("self.count && true", "ERROR: <input>:1:5: expected type 'bool' but found 'int'")]
    [TestCase("self.name.all(c, true)", "cannot be range of a comprehension")]
    [TestCase("self.items.exists(i, i.port)", "expected type 'bool' but found 'int'")]
    [TestCase("self.count in ['a']", "found no matching overload for '_in_' applied to '(int, list(string))'")]
    [TestCase("self.labels[1] == 'a'", "found no matching overload for '_[_]' applied to '(map(string, string), int)'")]
    public void One_that_cannot_be_is_refused_at_its_place(string expression, string message)
        => Assert.That(
            () => Environment.Check(expression, Self), Throws.TypeOf<CelCompileException>().With.Message.Contain(message));
}
