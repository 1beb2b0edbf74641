using System.Collections.Immutable;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Which objects of a collection a list, watch or deletion is about: label and field selectors, checked and ready.
/// </summary>
internal sealed class Selection
{
    public const string NameField = "metadata.name";
    private const string NamespaceField = "metadata.namespace";

    private readonly ResourceDefinition _definition;
    private readonly LabelSelector _labels;
    private readonly ImmutableArray<FieldRequirement> _fields;
    private readonly FieldSelector _selector;

    /// <exception cref="ApiException">BadRequest: the kind cannot be selected by one of the fields.</exception>
    public Selection(ResourceDefinition definition, LabelSelector labels, FieldSelector fields)
    {
        _definition = definition;
        _labels = labels;
        _fields = fields.Requirements;
        _selector = fields;
        foreach (var requirement in _fields)
        {
            Check(requirement.Field);
        }

        Name = fields.RequiredValue(NameField);
    }

    /// <summary>True when every object matches.</summary>
    public bool IsEverything => _labels.IsEmpty && _fields.IsEmpty;

    /// <summary>The one name that can match, or null.</summary>
    public string? Name { get; }

    /// <summary>The one value of a field that can match, or null.</summary>
    public string? RequiredValue(string field) => _selector.RequiredValue(field);

    public bool Matches(StoredObject stored)
    {
        if (IsEverything)
        {
            return true;
        }

        foreach (var requirement in _fields)
        {
            if (ValueOf(stored, requirement.Field) == requirement.Value != requirement.Equal)
            {
                return false;
            }
        }

        return _labels.IsEmpty || _labels.Matches(_definition.View(stored).Labels);
    }

    private string ValueOf(StoredObject stored, string field) => field switch
    {
        NameField => stored.Key.Name,
        NamespaceField => stored.Key.Namespace,
        _ => _definition.FieldValue(_definition.View(stored).Item, field),
    };

    private void Check(string field)
    {
        if (field is not (NameField or NamespaceField) && !_definition.SelectableFields.Contains(field))
        {
            throw new ApiException(StatusReason.BadRequest, $"field label not supported: {field}");
        }
    }
}
