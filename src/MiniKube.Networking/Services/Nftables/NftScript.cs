using System.Text;

namespace MiniKube.Networking;

/// <summary>
/// One transaction being written: what is new first, then members of sets and maps (those that go before those that
/// come, so that a value can be replaced), then what nothing refers to any more. Not thread-safe.
/// </summary>
internal sealed class NftScript(string table)
{
    private readonly StringBuilder _first = new();
    private readonly StringBuilder _last = new();
    private readonly SortedDictionary<string, List<string>> _deleted = [];
    private readonly SortedDictionary<string, List<string>> _added = [];

    public bool IsEmpty => _first.Length == 0 && _last.Length == 0 && _deleted.Count == 0 && _added.Count == 0;

    /// <summary>A whole command of before the members.</summary>
    public void First(string command) => _first.Append(command).Append('\n');

    /// <summary>A command about an object of the table, before the members: <c>add chain</c>, its name and more.</summary>
    public void First(string verb, string rest) => Append(_first, verb, rest);

    /// <summary>A command about an object of the table, after the members.</summary>
    public void Last(string verb, string rest) => Append(_last, verb, rest);

    public void Add(NftElement element) => Of(_added, element.Set).Add(element.Text);

    public void Delete(NftElement element) => Of(_deleted, element.Set).Add(element.Key);

    /// <summary>The transaction.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(_first);
        Append(text, "delete element", _deleted);
        Append(text, "add element", _added);
        text.Append(_last);
        return text.ToString();
    }

    private void Append(StringBuilder text, string verb, string rest)
        => text.Append(verb).Append(" ip ").Append(table).Append(' ').Append(rest).Append('\n');

    private void Append(StringBuilder text, string verb, SortedDictionary<string, List<string>> elements)
    {
        foreach (var (set, members) in elements)
        {
            text.Append(verb).Append(" ip ").Append(table).Append(' ').Append(set).Append(" {\n")
                .AppendJoin(",\n", members).Append("\n}\n");
        }
    }

    private static List<string> Of(SortedDictionary<string, List<string>> elements, string set)
    {
        if (!elements.TryGetValue(set, out var members))
        {
            elements.Add(set, members = []);
        }

        return members;
    }
}

/// <summary>A member of a set, or of a map when it has a value, in nft's words.</summary>
internal readonly record struct NftElement(string Set, string Key, string? Value)
{
    public string Text => Value is null ? Key : $"{Key} : {Value}";
}
