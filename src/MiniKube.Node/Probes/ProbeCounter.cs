namespace MiniKube.Node;

/// <summary>Turns single results into a conclusion: so many of one kind in a row. Results that say nothing do not count.</summary>
internal sealed class ProbeCounter(int successThreshold, int failureThreshold)
{
    private bool? _last;
    private int _inRow;

    /// <summary>The conclusion so far, or null while the threshold is not reached.</summary>
    public bool? Count(bool? passed)
    {
        if (passed is null)
        {
            return null;
        }

        _inRow = passed == _last ? _inRow + 1 : 1;
        _last = passed;
        return _inRow >= (passed.Value ? successThreshold : failureThreshold) ? passed : null;
    }
}
