/// The text with its control characters made visible, so that what a file holds can never steer a terminal.
package func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var safe = ""
    for scalar in text.unicodeScalars {
        if scalar == "\n" || scalar == "\t" || scalar == "\r" {
            safe += " "
        } else if isUnsafe(scalar) {
            safe += "\u{FFFD}"
        } else {
            safe.unicodeScalars.append(scalar)
        }
    }
    return safe
}

private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
}
