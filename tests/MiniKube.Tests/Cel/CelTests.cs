using System.Text.Json;
using MiniKube.Cel;

namespace MiniKube.Tests.Cel;

public sealed class CelTests
{
    private const string Self = """
        {"replicas":3,"max":5,"ratio":0.5,"name":"web-1","on":true,"none":null,"tags":["a","b","c"],"ports":[{"n":80},{"n":443}],
         "labels":{"app":"x","a/b":"y"},"namespace":"ns","dash-ed":7,"wide":{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,
         "j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1,"r":18}}
        """;

    private static readonly CelEnvironment Environment = new("self");

    [TestCase("self.replicas <= self.max && self.replicas + 1 == 4 && type(self.replicas) == int && type(self.ratio) == double")]
    [TestCase("type(-1) == int && type(-1.5) == double && 5 - 3 == 2 && -self.replicas == -3")]
    [TestCase("1 + 2 * 3 == 7 && -7 / 2 == -3 && -7 % 2 == -1")]
    [TestCase("1 == 1.0 && 1u == 1 && 2.5 > 2 && 3 >= 3u && !(9223372036854775807 == 9223372036854775808.0)")]
    [TestCase("-9223372036854775808 < 0 && 0x1F == 31 && 1e3 == 1000.0 && .5 == 0.5")]
    [TestCase(@"'a\u00e9\x41\101\n' == ""aéAA\n"" && r'\d' == '\\d' && b'\xff' != b'a' && '''a'b''' == ""a'b""")]
    [TestCase("has(self.name) && !has(self.absent) && has(self.none) && self.none == null")]
    [TestCase("false && self.absent || (self.absent == 1 || true)")]
    [TestCase("self.absent == 1 || true")]
    [TestCase("!(1 / 0 > 1 && false)")]
    [TestCase("self.ports.all(p, p.n > 0) && self.ports.exists(p, p.n == 443) && self.ports.exists_one(p, p.n == 80)")]
    [TestCase("self.tags.exists(t, t == 'c' || 1 / 0 == 1)")]
    [TestCase("self.tags.map(t, t + t) == ['aa', 'bb', 'cc'] && [1, 2, 3].map(i, i > 1, i * i) == [4, 9]")]
    [TestCase("self.tags.filter(t, t != 'b') == ['a', 'c'] && self.labels.all(k, self.labels[k] != '')")]
    [TestCase("[[1, 2], [3]].map(x, x.map(y, y + x[0])) == [[2, 3], [6]]")]
    [TestCase("'a' in self.tags && 'app' in self.labels && !('z' in self.labels) && 2 in {2u: 'x'}")]
    [TestCase("self.labels['a/b'] == 'y' && self.__namespace__ == 'ns' && self.dash__dash__ed == 7")]
    [TestCase("size(self.tags) == 3 && 'é😀'.size() == 2 && self.wide.size() == 18 && self.wide.r == 18")]
    [TestCase("self.?absent.orValue(4) == 4 && self.?labels.?app.orValue('') == 'x' && self.tags[?9].hasValue() == false")]
    [TestCase("[1, ?optional.none(), ?optional.of(2)] == [1, 2] && {?'a': optional.none()} == {}")]
    [TestCase("optional.of(2).optMap(x, x + 1).value() == 3 && optional.none().or(optional.of(1)).hasValue()")]
    [TestCase("self.name.matches('^web-[0-9]+$') && 'ab12cd3'.findAll('[0-9]+') == ['12', '3'] && 'ab1'.find('[0-9]') == '1'")]
    [TestCase("'a,b'.split(',') == ['a', 'b'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && ['a', 'b'].join('-') == 'a-b'")]
    [TestCase("'tacocat'.indexOf('a') == 1 && 'tacocat'.lastIndexOf('a') == 5 && 'tacocat'.substring(1, 3) == 'ac'")]
    [TestCase("'Ab'.lowerAscii() == 'ab' && ' x '.trim() == 'x' && 'aba'.replace('a', 'c', 1) == 'cba' && 'abc'.reverse() == 'cba'")]
    [TestCase("[1, 2].isSorted() && [1, 2].sum() == 3 && [3, 1].min() == 1 && [3, 1].max() == 3 && [1, 2, 1].lastIndexOf(1) == 2")]
    [TestCase("sets.contains([1, 2], [2]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])")]
    [TestCase("timestamp('2024-02-29T12:30:00Z') + duration('24h') == timestamp('2024-03-01T12:30:00Z')")]
    [TestCase("timestamp('2024-02-29T12:30:00Z').getMonth() == 1 && timestamp('2024-02-29T23:30:00Z').getHours('+01:00') == 0")]
    [TestCase("duration('1h30m') == duration('90m') && duration('1.5s').getMilliseconds() == 500 && string(duration('90s')) == '90s'")]
    [TestCase("int('42') == 42 && string(1.5) == '1.5' && double(3) == 3.0 && uint(7) == 7u && bool('true') && int(2.9) == 2")]
    [TestCase("type(1) == int && type(self) == map && type(null) == null_type && jsonpatch.escapeKey('a/b~c') == 'a~1b~0c'")]
    [TestCase("(self.on ? 'yes' : 'no') == 'yes' // a comment")]
    public void An_expression_holds(string expression)
    {
        var result = Run(expression);

        Assert.That(result, Is.EqualTo(new CelResult(true, null, result.Cost)));
    }

    [TestCase("9223372036854775807 + 1 > 0", "integer overflow")]
    [TestCase("0u - 1u", "unsigned integer overflow")]
    [TestCase("-(-9223372036854775808)", "integer overflow")]
    [TestCase("1 / 0", "division by zero")]
    [TestCase("1 % 0", "modulus by zero")]
    [TestCase("self.absent", "no such key: absent")]
    [TestCase("self.tags[3]", "index out of bounds: 3")]
    [TestCase("1 + 1.0", "no such overload")]
    [TestCase("'a' < 1", "no such overload")]
    [TestCase("{1: 1, 1u: 2}", "Failed with repeated key: 1")]
    [TestCase("duration('x')", "type conversion error: not a duration such as 1h30m or 1.5s")]
    public void An_evaluation_fails_with(string expression, string error)
        => Assert.That(Run(expression).Error, Is.EqualTo(error));

    [TestCase("1 +", 1, 4, "Syntax error: mismatched input '<EOF>'")]
    [TestCase("\n foo", 2, 2, "undeclared reference to 'foo' (in container '')")]
    [TestCase("self.nope()", 1, 10, "undeclared reference to 'nope' (in container '')")]
    [TestCase("namespace == ''", 1, 1, "reserved identifier: namespace")]
    [TestCase("9223372036854775808", 1, 1, "invalid int literal")]
    [TestCase("has(self)", 1, 4, "invalid argument to has() macro")]
    public void A_text_is_refused_with_its_place(string expression, int line, int column, string message)
    {
        var failure = Assert.Throws<CelCompileException>(() => Environment.Compile(expression));

        Assert.That(failure!.Issue, Is.EqualTo(new CelIssue(line, column, message)));
        Assert.That(failure.Message, Is.EqualTo($"compilation failed: ERROR: <input>:{line}:{column}: {message}"));
    }

    internal static CelResult Run(string expression)
    {
        using var document = JsonDocument.Parse(Self);
        var program = Environment.Compile(expression);
        return program.Evaluate([document.RootElement], new CelBudget(CelBudget.PerRequest), CancellationToken.None);
    }
}
