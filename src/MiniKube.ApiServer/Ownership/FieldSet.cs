namespace MiniKube.ApiServer;

/// <summary>
/// A set of fields of an object, as a tree. A step is written as in <c>fieldsV1</c>: <c>f:name</c>, <c>k:{"name":"a"}</c>, <c>v:"x"</c>,
/// <c>i:0</c>. A node may be in the set itself, or only on the way to others. Not thread-safe.
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ (managedFields)
/// </summary>
internal sealed class FieldSet(string step = "")
{
    // Below this, looking at each child is faster than a table of them.
    private const int ChildrenIndexedFrom = 12;

    private static readonly List<FieldSet> None = [];

    private List<FieldSet>? _children;
    private Dictionary<string, FieldSet>? _index;

    public string Step { get; } = step;

    /// <summary>True when the set has this node itself, and not only what is below it.</summary>
    public bool IsMember { get; set; }

    public IReadOnlyList<FieldSet> Children => _children ?? None;

    public bool IsEmpty => !IsMember && _children is not { Count: > 0 };

    /// <summary>How many nodes are in the set.</summary>
    public int MemberCount
    {
        get
        {
            var count = IsMember ? 1 : 0;
            foreach (var child in Children)
            {
                count += child.MemberCount;
            }

            return count;
        }
    }

    public FieldSet? Find(string step)
    {
        if (_index is not null)
        {
            return _index.GetValueOrDefault(step);
        }

        foreach (var child in _children ?? None)
        {
            if (child.Step == step)
            {
                return child;
            }
        }

        return null;
    }

    /// <summary>The node below, made when missing. It must end up with something in it.</summary>
    public FieldSet Below(string step)
    {
        if (Find(step) is { } present)
        {
            return present;
        }

        var child = new FieldSet(step);
        Add(child);
        return child;
    }

    public void Add(string step) => Below(step).IsMember = true;

    /// <summary>Takes a node made elsewhere for this place; it belongs to this set from now on.</summary>
    public void Adopt(FieldSet child)
    {
        if (Find(child.Step) is { } present)
        {
            present.UnionWith(child);
        }
        else
        {
            Add(child);
        }
    }

    /// <summary>Takes in everything the other set has. The other set is not changed, and shares nothing with this one afterwards.</summary>
    public void UnionWith(FieldSet other)
    {
        IsMember |= other.IsMember;
        foreach (var child in other.Children)
        {
            Below(child.Step).UnionWith(child);
        }
    }

    /// <summary>Takes out what the other set has; nodes with nothing left go.</summary>
    public void ExceptWith(FieldSet other)
    {
        IsMember &= !other.IsMember;
        if (_children is null || other._children is null)
        {
            return;
        }

        foreach (var child in _children)
        {
            if (other.Find(child.Step) is { } taken)
            {
                child.ExceptWith(taken);
            }
        }

        _children.RemoveAll(child => child.IsEmpty);
        _index = null;
        Index();
    }

    /// <summary>What both sets have.</summary>
    public FieldSet IntersectionWith(FieldSet other)
    {
        var common = new FieldSet(Step) { IsMember = IsMember && other.IsMember };
        foreach (var child in Children)
        {
            if (other.Find(child.Step) is { } same && child.IntersectionWith(same) is { IsEmpty: false } below)
            {
                common.Add(below);
            }
        }

        return common;
    }

    /// <summary>Takes out a child with all below it.</summary>
    public void Remove(string step) => RemoveWhere(one => one == step);

    public void RemoveWhere(Predicate<string> goes)
    {
        if (_children is null || _children.RemoveAll(child => goes(child.Step)) == 0)
        {
            return;
        }

        _index = null;
        Index();
    }

    public FieldSet Copy()
    {
        var copy = new FieldSet(Step);
        copy.UnionWith(this);
        return copy;
    }

    public bool SetEquals(FieldSet other)
    {
        if (IsMember != other.IsMember || Children.Count != other.Children.Count)
        {
            return false;
        }

        foreach (var child in Children)
        {
            if (other.Find(child.Step) is not { } same || !child.SetEquals(same))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The paths of all members, as messages write them: <c>.spec.containers[name="a"].image</c>.</summary>
    public IEnumerable<string> Paths() => Paths("");

    private IEnumerable<string> Paths(string above)
    {
        if (IsMember)
        {
            yield return above;
        }

        foreach (var child in Children.OrderBy(one => one.Step, StringComparer.Ordinal))
        {
            foreach (var path in child.Paths(above + FieldStep.Text(child.Step)))
            {
                yield return path;
            }
        }
    }

    private void Add(FieldSet child)
    {
        _children ??= [];
        _children.Add(child);
        if (_index is not null)
        {
            _index.Add(child.Step, child);
        }
        else
        {
            Index();
        }
    }

    private void Index()
    {
        if (_children!.Count >= ChildrenIndexedFrom)
        {
            _index = _children.ToDictionary(child => child.Step, StringComparer.Ordinal);
        }
    }
}
