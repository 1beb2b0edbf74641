using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace MiniKube.Networking;

/// <summary>
/// Answers by question. Holds the most recently used ones, at least half of the limit and never more than it: when the young half
/// is full it becomes the old one, and what nobody asked for since then is gone. Thread-safe; reads take no lock.
/// </summary>
internal sealed class AnswerCache(int answersMax)
{
    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<byte[], EncodedAnswer> _young = NewGeneration();
    private volatile ConcurrentDictionary<byte[], EncodedAnswer> _old = NewGeneration();

    public bool TryGet(ReadOnlySpan<byte> key, [NotNullWhen(true)] out EncodedAnswer? answer)
    {
        if (_young.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out answer))
        {
            return true;
        }

        if (!_old.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out answer))
        {
            return false;
        }

        Put(key, answer);
        return true;
    }

    public void Put(ReadOnlySpan<byte> key, EncodedAnswer answer)
    {
        var young = _young;
        young.GetAlternateLookup<ReadOnlySpan<byte>>()[key] = answer;
        if (young.Count > answersMax / 2)
        {
            Turn(young);
        }
    }

    private void Turn(ConcurrentDictionary<byte[], EncodedAnswer> full)
    {
        lock (_turning)
        {
            if (_young == full)
            {
                _old = full;
                _young = NewGeneration();
            }
        }
    }

    private static ConcurrentDictionary<byte[], EncodedAnswer> NewGeneration() => new(QuestionKey.Comparer.Instance);
}
