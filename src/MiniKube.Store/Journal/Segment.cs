using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>A journal file: the revision its first record has or would have, and its size.</summary>
internal sealed record Segment(Revision First, long Bytes)
{
    public string Name => SegmentName.Of(First);
}
