using MiniKube.Cel;

namespace MiniKube.Tests.Cel;

/// <summary>Kubernetes' own libraries: addresses, networks, URLs, amounts and formats.</summary>
public sealed class LibraryTests
{
    private static readonly CelEnvironment Environment = new();

    [TestCase("isIP('10.0.0.1') && isIP('::1') && !isIP('10.0.0') && !isIP('010.0.0.1')")]
    [TestCase("!isIP('::ffff:1.2.3.4') && !isIP('fe80::1%eth0')")]
    [TestCase("ip('10.0.0.1').family() == 4 && ip('2001:db8::1').family() == 6")]
    [TestCase("ip('127.0.0.1').isLoopback() && ip('fe80::1').isLinkLocalUnicast() && ip('224.0.0.1').isLinkLocalMulticast()")]
    [TestCase("ip('0.0.0.0').isUnspecified() && ip('8.8.8.8').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast()")]
    [TestCase("ip('::1') == ip('0:0:0:0:0:0:0:1') && ip.isCanonical('::1') && !ip.isCanonical('0:0::1')")]
    [TestCase("string(ip('10.0.0.1')) == '10.0.0.1' && string(cidr('10.0.0.1/8')) == '10.0.0.1/8'")]
    [TestCase("isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0') && !isCIDR('10.0.0.0/08')")]
    [TestCase("cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1'))")]
    [TestCase("cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.1.0.0/16').containsCIDR(cidr('10.0.0.0/8'))")]
    [TestCase("cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.1.2.3/8').ip() == ip('10.1.2.3')")]
    [TestCase("cidr('::/0').prefixLength() == 0")]
    [TestCase("url('https://a.io:80/p%20q?x=1&x=2#f').getHost() == 'a.io:80' && url('https://a.io:80').getHostname() == 'a.io'")]
    [TestCase("url('https://[::1]:80/').getHostname() == '::1'")]
    [TestCase("url('https://a.io').getPort() == '' && url('https://a.io:8').getPort() == '8'")]
    [TestCase("url('https://a.io/p%20q').getEscapedPath() == '/p%20q' && url('https://a.io').getEscapedPath() == ''")]
    [TestCase("url('https://a.io/?x=1&x=2').getQuery() == {'x': ['1', '2']} && url('/a?b=c').getQuery() == {'b': ['c']}")]
    [TestCase("isURL('/a') && isURL('https://a.io') && !isURL('a.io') && !isURL('../a') && !isURL('https://a b')")]
    [TestCase("quantity('1.5Gi').isGreaterThan(quantity('1G')) && quantity('100m').isLessThan(quantity('1'))")]
    [TestCase("quantity('1500m') == quantity('1.5') && quantity('1k').asInteger() == 1000 && !quantity('1.5').isInteger()")]
    [TestCase("quantity('1').add(quantity('500m')).sub(1).compareTo(quantity('0.5')) == 0 && quantity('-3').sign() == -1")]
    [TestCase("quantity('2e3').asInteger() == 2000 && quantity('1e-1').asApproximateFloat() == 0.1 && quantity('0.1n') == quantity('1n')")]
    [TestCase("isQuantity('5') && !isQuantity('5x') && !isQuantity('') && !isQuantity('1e999999')")]
    [TestCase("'%s has %d of %.2f, %x %X %b %o %%'.format(['a', 3, 1.005, 255, 'hi', true, 8]) == 'a has 3 of 1.00, ff 6869 1 10 %'")]
    [TestCase("'%s %s'.format([[1, 'a'], {'k': true}]) == '[1, a] {k: true}' && '%e'.format([1234.5]) == '1.234500e+03'")]
    public void What_Kubernetes_documents_holds(string expression)
    {
        var result = Environment.Compile(expression).Evaluate([], new CelBudget(CelBudget.PerRequest), CancellationToken.None);

        Assert.That(result.Error, Is.Null);
        Assert.That(result.IsTrue, Is.True);
    }

    [TestCase("ip('x')", "IP Address \"x\" parse error during conversion from string")]
    [TestCase("cidr('10.0.0.0')", "network address parse error during conversion from string: \"10.0.0.0\"")]
    [TestCase("quantity('1.5').asInteger()", "cannot convert value to integer")]
    [TestCase("'%s'.format([])", "index 0 out of range")]
    [TestCase("'%q'.format([1])", "could not parse formatting clause")]
    [TestCase("ip('10.0.0.1').containsIP('10.0.0.1')", "no such overload")]
    public void What_cannot_be_is_an_error(string expression, string message)
    {
        var result = Environment.Compile(expression).Evaluate([], new CelBudget(CelBudget.PerRequest), CancellationToken.None);

        Assert.That(result.Error, Does.StartWith(message));
    }
}
