using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MiniKube.ApiServer;
using MiniKube.Testing;

namespace MiniKube.Tests.ApiServer.Printing;

public sealed class TablePrinterTests
{
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

    private readonly TablePrinter _printer = new(Time);

    [TestCaseSource(typeof(Catalog), nameof(Catalog.Kinds))]
    public void Objects_are_printed_as_kubectl_shows_them(Catalog.Entry entry)
    {
        var kind = entry.Definition;
        var isOnlyOne = kind.ShowsWhatIsStored && kind is not IMeasured;
        var name = isOnlyOne ? kind.Gvr.Resource : $"{kind.Gvr.Resource}.{kind.Gvr.Version}.{kind.Gvr.Group}";
        var sample = GoldenFile.PathOf($"tables/{name}.json");
        var rows = Read(kind, File.Exists(sample) ? File.ReadAllText(sample) : """[{"metadata":{"name":"a"}}]""");

        using var table = Table(kind, rows, new TableMetadata("7"), IncludeObject.None);

        GoldenFile.AssertText(
            $"$ kubectl get {name}\n{Text(table, wide: false)}\n"
            + $"$ kubectl get {name} -o wide\n{Text(table, wide: true)}",
            $"tables/{name}.txt");
    }

    [Test]
    public void A_list_says_where_it_goes_on()
    {
        using var table = Table(new ConfigMapResource(), [], new TableMetadata("7", "next", 12), IncludeObject.None);

        Assert.That(table.RootElement.GetProperty("metadata").GetRawText(),
            Is.EqualTo("""{"resourceVersion":"7","continue":"next","remainingItemCount":12}"""));
        Assert.That(table.RootElement.GetProperty("rows").GetArrayLength(), Is.Zero);
    }

    [TestCase(nameof(IncludeObject.Object),
        """{"apiVersion":"v1","data":{"metadata":"x"},"kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"9"}}""")]
    [TestCase(nameof(IncludeObject.Metadata),
        """{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"a","resourceVersion":"9"}}""")]
    public void The_object_travels_beside_its_row_as_asked(string include, string expected)
    {
        var row = Read(new ConfigMapResource(), """[{"metadata":{"name":"a","resourceVersion":"9"},"data":{"metadata":"x"}}]""")[0];
        var output = new ArrayBufferWriter<byte>();

        _printer.WriteOne(output, new ConfigMapResource(), row, Enum.Parse<IncludeObject>(include), withColumns: true);

        using var table = JsonDocument.Parse(output.WrittenMemory);
        Assert.That(table.RootElement.GetProperty("rows")[0].GetProperty("object").GetRawText(), Is.EqualTo(expected));
        Assert.That(table.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString(), Is.EqualTo("9"));
    }

    [Test]
    public void Later_events_of_a_watch_do_not_name_the_columns_again()
    {
        var row = Read(new ConfigMapResource(), """[{"metadata":{"name":"a"}}]""")[0];
        var output = new ArrayBufferWriter<byte>();

        _printer.WriteOne(output, new ConfigMapResource(), row, IncludeObject.None, withColumns: false);

        using var table = JsonDocument.Parse(output.WrittenMemory);
        Assert.That(table.RootElement.GetProperty("columnDefinitions").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(table.RootElement.GetProperty("rows")[0].GetProperty("cells").GetRawText(), Is.EqualTo("""["a",0,"<unknown>"]"""));
    }

    private static List<TableRow> Read(ResourceDefinition kind, string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(element =>
        {
            var item = StrictDecoder.Decode(kind, Encoding.UTF8.GetBytes(element.GetRawText()), FieldValidation.Strict).Item;
            kind.ApplyDefaults(item);
            return new TableRow(item, kind.Encode(item));
        })];
    }

    private JsonDocument Table(ResourceDefinition kind, IEnumerable<TableRow> rows, TableMetadata metadata, IncludeObject include)
    {
        var output = new ArrayBufferWriter<byte>();
        _printer.WriteList(output, kind, rows, metadata, include);
        return JsonDocument.Parse(output.WrittenMemory);
    }

    private static string Text(JsonDocument table, bool wide)
    {
        var columns = table.RootElement.GetProperty("columnDefinitions").EnumerateArray()
            .Select((column, index) => (Name: column.GetProperty("name").GetString()!, Index: index,
                Shown: wide || column.GetProperty("priority").GetInt32() == 0))
            .Where(column => column.Shown)
            .ToList();
        var lines = table.RootElement.GetProperty("rows").EnumerateArray()
            .Select(row => columns.Select(column => row.GetProperty("cells")[column.Index].ToString()).ToList())
            .Prepend([.. columns.Select(column => column.Name.ToUpper(CultureInfo.InvariantCulture))])
            .ToList();
        var widths = columns.Select((_, at) => lines.Max(line => line[at].Length)).ToList();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(string.Join("   ", line.Select((cell, at) => cell.PadRight(widths[at]))).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
