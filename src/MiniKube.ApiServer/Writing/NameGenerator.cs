namespace MiniKube.ApiServer;

/// <summary>
/// Makes names of <c>generateName</c>: the prefix and five random characters. Thread-safe if the random source is.
/// </summary>
internal sealed class NameGenerator(Random random)
{
    // Without vowels, and without digits that look like letters: no words come out. Kubernetes' own set.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int RandomLength = 5;

    // What is left of the 63 characters of a DNS label.
    private const int PrefixLengthMax = 58;

    private readonly Lock _gate = new();

    public string Generate(string prefix)
    {
        Span<char> end = stackalloc char[RandomLength];
        lock (_gate)
        {
            random.GetItems(Alphabet, end);
        }

        var start = prefix.Length <= PrefixLengthMax ? prefix : prefix[..PrefixLengthMax];
        return string.Concat(start, end);
    }
}
