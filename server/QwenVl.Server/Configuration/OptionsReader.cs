using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace QwenVl.Server.Configuration;

/// <summary>Reads options from the configuration and collects every mistake on the way, where a binder would stop at the first.</summary>
internal sealed class OptionsReader(IConfiguration configuration)
{
    /// <summary>What is wrong, one line each.</summary>
    public List<string> Mistakes { get; } = [];

    /// <summary>Reads one section. A value that is wrong leaves the default.</summary>
    public T Read<T>(string section)
        where T : new()
    {
        var options = new T();
        foreach (PropertyInfo property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            IConfigurationSection value = configuration.GetSection($"{section}:{property.Name}");
            if (property.GetValue(options) is IList<string> list)
            {
                foreach (IConfigurationSection item in value.GetChildren())
                    if (item.Value is { Length: > 0 } text) list.Add(text);
            }
            else if (value.Value is { } text)
            {
                Set(options, property, ServerCommandLine.NameOf(value.Path), text);
            }
        }

        return options;
    }

    private void Set(object options, PropertyInfo property, string name, string text)
    {
        if (property.PropertyType == typeof(int)) SetNumber(options, property, name, text);
        else if (property.PropertyType == typeof(bool)) SetSwitch(options, property, name, text);
        else if (property.PropertyType.IsEnum) SetChoice(options, property, name, text);
        else if (text.Length > 0) property.SetValue(options, text);
        else if (property.GetCustomAttribute<RequiredAttribute>() is not null) Mistakes.Add($"{name} is empty.");
    }

    private void SetNumber(object options, PropertyInfo property, string name, string text)
    {
        RangeAttribute range = property.GetCustomAttribute<RangeAttribute>() ?? new RangeAttribute(int.MinValue, int.MaxValue);
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) || number < (int)range.Minimum || number > (int)range.Maximum)
            Mistakes.Add($"{name} is '{text}': it takes a whole number, {range.Minimum} to {range.Maximum}.");
        else property.SetValue(options, number);
    }

    private void SetSwitch(object options, PropertyInfo property, string name, string text)
    {
        if (bool.TryParse(text, out bool on)) property.SetValue(options, on);
        else Mistakes.Add($"{name} is '{text}': it takes true or false.");
    }

    private void SetChoice(object options, PropertyInfo property, string name, string text)
    {
        string[] names = Enum.GetNames(property.PropertyType);
        // By name alone: the framework would also take the number behind it, and several at once.
        if (names.FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } chosen) property.SetValue(options, Enum.Parse(property.PropertyType, chosen));
        else Mistakes.Add($"{name} is '{text}': it takes one of {string.Join(", ", names.Select(choice => choice.ToLowerInvariant()))}.");
    }
}
